// All of a state file, whose writer is killed at random moments: each event that was received is there once,
// in the history or in the log, and the devices are as of the last event of the history.
//
// KEVENTD_KILL_ROUNDS says how often, if not as often as suits ./test.

#include "daemon/saved_state.h"
#include "daemon/stream/stream.h"
#include "tests/support/sanitizer.h"
#include "tests/support/shared_memory.h"
#include "tests/support/temporary_directory.h"
#include "tests/unit/support/events.h"
#include "tests/unit/support/killed_process.h"

#include <array>
#include <atomic>
#include <cstdlib>
#include <random>
#include <set>
#include <thread>
#include <utility>
#include <vector>

namespace keventd::test {
namespace {

constexpr std::uint64_t Devices = 50;
constexpr std::uint64_t MoreThanTheHistoryHolds = 4'000;

/// What the tables and the stream are, of one life of the daemon.
struct Life {
    explicit Life(const std::string& directory, std::uint64_t received)
        : state(directory, History::MinBytes), waiting(state.takeWaiting()),
          log(state.takeDevices(), devices, udevDevices, objects),
          stream(state.streamId(), {.startSeqnum = (received / 2 + 1) * 2}, state.history(), devices,
                 udevDevices) {
        stream.keepIn(log, waiting, objects);
        if (!log.restore(state.history().nextId())) log.begin();
    }

    SavedState state;
    WaitingLog waiting;
    Sysfs sysfs{"/nonexistent"};
    DeviceTable devices{sysfs};
    UdevTable udevDevices;
    ToldObjects objects;
    DeviceLog log;
    Stream stream;
};

// The socket has them in pairs, of which the second one comes first. It has no end.
std::uint64_t seqnumOf(std::uint64_t place) {
    return place % 2 == 1 ? place + 1 : place - 1;
}

// A device comes, changes, and goes.
Event eventOf(std::uint64_t seqnum) {
    static constexpr std::array<const char*, 3> actions{"add", "change", "remove"};
    Event event = kernel(seqnum);
    event.action = actions.at(seqnum / Devices % actions.size());
    event.object = "/devices/" + std::to_string(seqnum % Devices);
    event.properties.set("PADDING", std::string(seqnum % 97, 'x'));
    return event;
}

std::set<std::string> devicesAfter(std::uint64_t seqnum) {
    std::set<std::string> there;
    for (std::uint64_t i = seqnum < 3 * Devices ? 1 : seqnum - 3 * Devices + 1; i <= seqnum; ++i) {
        const Event event = eventOf(i);
        if (event.action == "remove") there.erase(event.object);
        if (event.action != "remove") there.insert(event.object);
    }
    return there;
}

/// Receives events and publishes them.
/// @param received  places of the socket that it has received, as the kernel would count them
[[noreturn]] void write(const std::string& directory, std::atomic<std::uint64_t>& received) {
    Life life(directory, received);
    const Sequencer::Clock::time_point noTime{};
    const auto push = [&](Event event) {
        const auto dropped = life.stream.sequencer().push(std::move(event), noTime);
        if (dropped) life.waiting.remove(*dropped);
    };
    // As datagrams that have landed stay there until they are in the log, so does an event here.
    const auto receive = [&](std::uint64_t count) {
        std::vector<Event> events;
        for (; count > 0; --count) {
            events.push_back(eventOf(seqnumOf(received + 1)));
            life.waiting.add(events.back());
            ++received;
        }
        // A spool or a landing area that is read again after a kill brings what is known.
        for (std::uint64_t repeats = received % 3; repeats > 0; --repeats) {
            events.push_back(eventOf(seqnumOf(received)));
            life.waiting.add(events.back());
        }
        for (Event& event : events) push(std::move(event));
    };
    for (Event& event : life.waiting.leftOver()) push(std::move(event));
    do receive(1); // what is in the socket is read before anything leaves
    while (received % 2 == 1);
    std::this_thread::sleep_for(
        std::chrono::milliseconds(1)); // for numbers that are assigned and not yet sent
    for (;;) {
        life.stream.sequencer().release(noTime);
        receive(received % 5 == 0 ? MoreThanTheHistoryHolds : 1);
    }
}

class KilledState : public testing::Test {
protected:
    static std::uint64_t rounds() {
        const char* wanted = std::getenv("KEVENTD_KILL_ROUNDS");
        return wanted == nullptr ? (UnderAddressSanitizer ? 100 : 300) : std::stoull(wanted);
    }
    [[nodiscard]] std::string directory() const { return directory_.path().string(); }
    [[nodiscard]] std::atomic<std::uint64_t>& received() const { return *received_; }

    void expectEachOnce(const std::string& stream) const {
        Life life(directory(), received());
        ASSERT_EQ(life.state.streamId(), stream) << "it was not believed";
        const History& history = life.stream.history();
        for (std::uint64_t id = history.firstId(); id < history.nextId(); ++id) {
            const EventView event = history.at(id);
            ASSERT_EQ(event.id, id);
            ASSERT_EQ(event.seqnum, id) << "lost, repeated or out of order";
            ASSERT_EQ(event.flags, 0U);
        }
        std::set<std::uint64_t> left;
        for (const Event& event : life.waiting.leftOver()) {
            left.insert(event.seqnum);
            ASSERT_TRUE(isSameButForId(event, eventOf(event.seqnum)));
        }
        const std::uint64_t looked = 2 * MoreThanTheHistoryHolds;
        for (std::uint64_t place = received() < looked ? 1 : received() - looked; place <= received();
             ++place) {
            const std::uint64_t seqnum = seqnumOf(place);
            ASSERT_TRUE(seqnum < history.nextId() || left.contains(seqnum)) << seqnum << " is lost";
        }
        std::set<std::string> devices;
        for (const auto& [devpath, device] : life.devices.devices()) devices.insert(devpath);
        ASSERT_EQ(devices, devicesAfter(history.nextId() - 1));
    }

private:
    TemporaryDirectory directory_;
    SharedMemory<std::atomic<std::uint64_t>> received_;
};

TEST_F(KilledState, HasEachEventOnceWheneverItsWriterIsKilled) {
    const std::string stream = SavedState(directory(), History::MinBytes).streamId();
    std::minstd_rand random(1);
    for (std::uint64_t round = 0; round < rounds(); ++round) {
        {
            const KilledProcess writer([this] { write(directory(), received()); });
            std::this_thread::sleep_for(random() % (UnderAddressSanitizer ? 150 : 6) *
                                            std::chrono::milliseconds(1) +
                                        random() % 1'000 * std::chrono::microseconds(1));
        }
        ASSERT_NO_FATAL_FAILURE(expectEachOnce(stream)) << "round " << round;
    }
    EXPECT_GT(received(), rounds()) << "it has hardly ever written";
}

} // namespace
} // namespace keventd::test
