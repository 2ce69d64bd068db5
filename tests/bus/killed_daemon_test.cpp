// The daemon is killed again and again, with writers, subscribers and buses going on as they do: nobody
// misses anything. The test plays systemd, which keeps the kernel's socket.
//
// KEVENTD_STORM_EVENTS says how many events, if not as many as suit ./test.

#include "tests/bus/library_test.h"
#include "tests/support/stream_checks.h"

#include <cstdlib>
#include <random>
#include <thread>

namespace keventd::test {
namespace {

class KilledDaemon : public LibraryTest {
protected:
    static constexpr std::uint64_t Kills = 10;

    KilledDaemon() : LibraryTest({"--history=4G"}) {} // allocated as used

    static std::uint64_t size() {
        const char* wanted = std::getenv("KEVENTD_STORM_EVENTS");
        return wanted == nullptr ? 100'000 : std::stoull(wanted);
    }

    /// Of all events.
    void subscribe(LibraryUser& user) const {
        SubscriptionOptions wanted;
        wanted.endpoint = endpoint();
        wanted.since = 1;
        user.subscribe(wanted);
    }
    void restart() {
        daemon().kill();
        startDaemon();
    }
    /// Reads on, until so many events have been sent since the numbers began at `start`, and a little longer.
    [[nodiscard]] bool waitUntilSent(std::uint64_t count, std::uint64_t start) {
        const bool isSent = user_.waitUntil([&] { return newestSeqnum() >= start + count; });
        std::this_thread::sleep_for(std::chrono::microseconds(random_() % 2'000));
        return isSent;
    }

    /// Each event once, in order, ids without a hole.
    static void expectAll(const LibraryUser& user, const UeventWriters& writers) {
        expectSoundStream(user.events());
        Events ours;
        for (const Event& event : user.events()) {
            if (isOf(event, writers.uuid())) ours.push_back(event);
        }
        expectWrittenInOrder(ours, writers);
        EXPECT_EQ(ours.size(), writers.total());
        EXPECT_EQ(user.timesTold("lost"), 0U);
        EXPECT_EQ(user.timesTold("changed"), 0U);
    }
    [[nodiscard]] static bool waitForLastOf(LibraryUser& user, const UeventWriters& writers) {
        std::uint64_t count = 0;
        std::size_t seen = 0;
        return user.waitUntil([&] {
            for (; seen < user.events().size(); ++seen) {
                if (isOf(user.events()[seen], writers.uuid())) ++count;
            }
            return count == writers.total();
        });
    }

private:
    std::minstd_rand random_{std::random_device()()};
};

TEST_P(KilledDaemon, LosesNothingAndRepeatsNothing) {
    subscribe(user_);
    LibraryUser stopped; // it reads nothing for half of the time
    subscribe(stopped);
    const std::uint64_t start = newestSeqnum();
    UeventWriters writers(2, size() / 2);
    for (std::uint64_t kill = 1; kill <= Kills; ++kill) {
        if (kill < Kills / 4 || kill > Kills * 3 / 4) stopped.step();
        ASSERT_TRUE(waitUntilSent(kill * writers.total() / (Kills + 1), start)) << daemon().log();
        restart();
        if (!isPrivate() && kill == Kills / 2) {
            broker().kill();
            startBroker();
        }
    }
    writers.join();
    ASSERT_TRUE(waitForLastOf(user_, writers)) << user_.events().size() << " events\n" << daemon().log();
    ASSERT_TRUE(waitForLastOf(stopped, writers)) << stopped.events().size() << " events\n" << daemon().log();
    expectAll(user_, writers);
    expectAll(stopped, writers);
    EXPECT_EQ(daemon().statistics().at("stream.restarts"), Kills);
}

INSTANTIATE_TEST_SUITE_P(, KilledDaemon, AllRoads, NameOfRoad());

} // namespace
} // namespace keventd::test
