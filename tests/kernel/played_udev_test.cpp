// A test that plays udevd: the same messages on the same group, in whatever order a worker may finish.

#include "keventd/names.h"
#include "tests/kernel/kernel_test.h"
#include "tests/support/effective_user.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>
#include <stdexcept>

namespace keventd::test {
namespace {

constexpr const char* Devpath = "/devices/virtual/mem/null";

class PlayedUdev : public KernelTest {
protected:
    static Properties eventOf(std::uint64_t seqnum) {
        return {{"ACTION", "change"}, {"DEVPATH", Devpath},     {"SUBSYSTEM", "mem"},
                {"PLAYED", "1"},      {"DEVNAME", "/dev/null"}, {"SEQNUM", std::to_string(seqnum)}};
    }

    static void play(std::uint64_t seqnum) {
        ASSERT_TRUE(sendToGroup(UdevGroup, udevMessage(eventOf(seqnum))));
    }

    // Writes kernel events and returns their numbers, when the subscriber has them.
    static std::vector<std::uint64_t> writeKernelEvents(WatchedDaemon& daemon, std::uint64_t count) {
        UeventWriter writer;
        writer.write(count);
        EXPECT_TRUE(daemon.subscriber().waitForSync());
        std::vector<std::uint64_t> seqnums;
        for (const Event* event : writtenBy(daemon.events(), writer.uuid())) seqnums.push_back(event->seqnum);
        EXPECT_EQ(seqnums.size(), count);
        return seqnums;
    }

    static std::vector<std::uint64_t> playedSeqnums(const WatchedDaemon& daemon) {
        return seqnumsOf(daemon.events(), names::source::Udev);
    }

    static bool waitForPlayed(WatchedDaemon& daemon, std::size_t count) {
        return daemon.subscriber().waitUntil([&] { return playedSeqnums(daemon).size() >= count; });
    }

    static const Event* waitForUdev(WatchedDaemon& daemon, std::uint64_t seqnum) {
        return daemon.subscriber().waitForEvent(
            [&](const Event& e) { return e.source == names::source::Udev && e.seqnum == seqnum; });
    }

    // Plays udev's event of the number that the kernel is about to give, and has it given.
    static std::uint64_t playAheadOfTheKernel() {
        for (const Deadline deadline; !deadline.expired();) {
            const std::uint64_t seqnum = newestSeqnum() + 1;
            play(seqnum);
            UeventWriter().write();
            if (newestSeqnum() == seqnum) return seqnum; // else somebody else's event has got the number
        }
        throw std::runtime_error("this machine is never quiet");
    }

    // Asks the daemon until it has read all messages of udev's group; each answer is a turn of its loop.
    void waitUntilRead(const BusClient& client) {
        ++played_;
        const Deadline deadline;
        while (client.statistics().at("udev.received") < played_) ASSERT_FALSE(deadline.expired());
    }

private:
    std::uint64_t played_ = 0;
};

TEST_F(PlayedUdev, EventsComeAfterTheirKernelEventsInTheOrderInWhichTheyWereFinished) {
    WatchedDaemon daemon;
    std::vector<std::uint64_t> seqnums = writeKernelEvents(daemon, 200);
    std::shuffle(seqnums.begin(), seqnums.end(),
                 std::mt19937(4711)); // NOLINT(cert-msc51-cpp): the same each time
    for (const std::uint64_t seqnum : seqnums) play(seqnum);

    ASSERT_TRUE(waitForPlayed(daemon, seqnums.size()));
    EXPECT_EQ(playedSeqnums(daemon), seqnums);
    daemon.expectComplete();
}

TEST_F(PlayedUdev, EventsBringTheirProperties) {
    WatchedDaemon daemon;
    play(writeKernelEvents(daemon, 1).front());
    const Event* event =
        daemon.subscriber().waitForEvent([](const Event& e) { return e.source == names::source::Udev; });
    ASSERT_NE(event, nullptr);
    EXPECT_EQ(event->action, "change");
    EXPECT_EQ(event->subsystem, "mem");
    EXPECT_EQ(event->object, Devpath);
    EXPECT_EQ(event->properties.find("PLAYED"), "1");
    EXPECT_EQ(event->properties.find("DEVNAME"), "/dev/null");
}

// Both lie in their sockets when the daemon wakes up, udev's since earlier.
TEST_F(PlayedUdev, EventThatIsReadInOneTurnWithItsKernelEventComesAfterIt) {
    WatchedDaemon daemon;
    daemon.process().freeze();
    const std::uint64_t seqnum = playAheadOfTheKernel();
    daemon.process().thaw();
    ASSERT_NE(waitForUdev(daemon, seqnum), nullptr);
    daemon.expectComplete();
}

// As on kernels before 6.9, where no hole is worth a wait.
TEST_F(PlayedUdev, EventThatIsReadInOneTurnComesAfterItsKernelEventEvenWithoutAnyWait) {
    WatchedDaemon daemon({.arguments = {"--reorder-wait=0"}});
    daemon.process().freeze();
    const std::uint64_t seqnum = playAheadOfTheKernel();
    daemon.process().thaw();
    ASSERT_NE(waitForUdev(daemon, seqnum), nullptr);
    daemon.expectComplete();
}

TEST_F(PlayedUdev, EventThatIsReadBeforeItsKernelEventWaitsForIt) {
    WatchedDaemon daemon(patient());
    const BusClient client(daemon.process().address());
    std::uint64_t seqnum = 0;
    const Deadline deadline;
    do { // again, if somebody else's event has got the number
        ASSERT_FALSE(deadline.expired()) << "this machine is never quiet";
        seqnum = newestSeqnum() + 1;
        play(seqnum);
        waitUntilRead(client);
        if (newestSeqnum() >= seqnum) continue;
        EXPECT_EQ(client.statistics().at("stream.waiting"), 1U);
        UeventWriter().write();
    } while (newestSeqnum() != seqnum);
    ASSERT_NE(waitForUdev(daemon, seqnum), nullptr);
    daemon.expectComplete();
}

TEST_F(PlayedUdev, EventWhoseKernelEventNeverComesIsDeliveredAllTheSame) {
    WatchedDaemon daemon;
    play(newestSeqnum() + 1'000'000);
    EXPECT_TRUE(waitForPlayed(daemon, 1));
}

TEST_F(PlayedUdev, EventOlderThanTheDaemonIsDeliveredAllTheSame) {
    UeventWriter().write();
    const std::uint64_t old = newestSeqnum();
    WatchedDaemon daemon;
    play(old);
    EXPECT_TRUE(waitForPlayed(daemon, 1));
}

TEST_F(PlayedUdev, EventThatIsSentTwiceIsDeliveredOnce) {
    WatchedDaemon daemon;
    const std::vector<std::uint64_t> seqnums = writeKernelEvents(daemon, 2);
    play(seqnums[0]);
    play(seqnums[0]);
    play(seqnums[1]);
    ASSERT_TRUE(waitForPlayed(daemon, 2));
    EXPECT_EQ(playedSeqnums(daemon), seqnums);
    EXPECT_EQ(daemon.process().statistics().at("stream.repeated"), 1U);
}

TEST_F(PlayedUdev, EventsDuringAStormComeAfterTheirKernelEvents) {
    WatchedDaemon daemon(patient());
    UeventWitness kernel;
    UeventWriters writers(2, 5'000);
    std::set<std::uint64_t> played;
    while (played.size() < writers.total()) {
        for (const std::uint64_t seqnum : kernel.seqnums()) {
            if (played.insert(seqnum).second) play(seqnum);
        }
    }
    writers.join();
    ASSERT_TRUE(waitForPlayed(daemon, played.size()));
    daemon.expectComplete();
}

TEST_F(PlayedUdev, MessagesThatAreMalformedAreRefusedAndCounted) {
    WatchedDaemon daemon;
    const std::uint64_t seqnum = writeKernelEvents(daemon, 1).front();
    const std::string good = udevMessage(eventOf(seqnum));
    std::string badMagic = good;
    badMagic[8] = 0;
    for (const std::string& bad : {std::string("nonsense"), badMagic, good.substr(0, 39), good.substr(0, 50),
                                   std::string(100'000, 'x')}) {
        ASSERT_TRUE(sendToGroup(UdevGroup, bad));
    }
    play(seqnum);
    ASSERT_TRUE(waitForPlayed(daemon, 1));
    daemon.expectComplete();
    EXPECT_EQ(daemon.process().statistics().at("udev.refused"), 5U);
}

// Of bytes that must be escaped, in the history that holds least.
TEST_F(PlayedUdev, MessagesThatAreTooLongForTheSmallestHistoryAreRefused) {
    WatchedDaemon daemon({.arguments = {"--history=256K"}});
    const std::vector<std::uint64_t> seqnums = writeKernelEvents(daemon, 24);
    const std::string part = "/" + std::string(250, '\xff'); // libudev takes no more (NAME_MAX)
    std::string devpath;
    for (const std::uint64_t seqnum : seqnums) {
        for (int i = 0; i < 4; ++i) devpath += part;
        auto event = eventOf(seqnum);
        event[1].second = devpath;
        ASSERT_TRUE(sendToGroup(UdevGroup, udevMessage(event)));
    }
    ASSERT_TRUE(daemon.subscriber().waitForSync());
    const std::uint64_t refused = daemon.process().statistics().at("udev.refused");
    EXPECT_GT(refused, 0U);
    EXPECT_LT(refused, seqnums.size());
    const std::uint64_t after = writeKernelEvents(daemon, 1).front();
    play(after);
    EXPECT_NE(waitForUdev(daemon, after), nullptr);
}

TEST_F(PlayedUdev, MessagesOfAnotherUserAreRefused) {
    WatchedDaemon daemon;
    const std::vector<std::uint64_t> seqnums = writeKernelEvents(daemon, 2);
    ASSERT_TRUE(sendToGroup(UdevGroup, udevMessage(eventOf(seqnums[0])), Nobody));
    play(seqnums[1]);
    ASSERT_TRUE(waitForPlayed(daemon, 1));
    EXPECT_EQ(playedSeqnums(daemon), std::vector{seqnums[1]});
    EXPECT_EQ(daemon.process().statistics().at("udev.refused"), 1U);
}

TEST_F(PlayedUdev, EventsThatWaitedInAnInheritedSocketAreFlaggedQueued) {
    const UniqueFd socket = openUeventSocket(UdevGroup);
    UeventWriter().write();
    play(newestSeqnum());
    DaemonProcess daemon({.inherited = {socket.get()}});
    Subscriber subscriber(daemon.address(), {.since = 0});
    const Event* event =
        subscriber.waitForEvent([](const Event& e) { return e.source == names::source::Udev; });
    ASSERT_NE(event, nullptr);
    EXPECT_NE(event->flags & EventFlag::Queued, 0U);
}

TEST_F(PlayedUdev, EventsOfADeepBacklogComeAfterTheirKernelEvents) {
    constexpr std::uint64_t count = 50'000;
    const UniqueFd kernelSocket = openUeventSocket(KernelGroup);
    const UniqueFd udevSocket = openUeventSocket(UdevGroup);
    UeventWriter writer;
    writer.write(count);
    const std::uint64_t newest = newestSeqnum();
    for (std::uint64_t seqnum = newest - count; seqnum <= newest; seqnum += 10) play(seqnum);
    DaemonProcess daemon({.inherited = {kernelSocket.get(), udevSocket.get()}});
    Subscriber subscriber(daemon.address(), {.since = 0});
    ASSERT_TRUE(subscriber.waitForSync());

    expectSoundStream(subscriber.events());
    EXPECT_GE(seqnumsOf(subscriber.events(), names::source::Kernel).size(), count);
    EXPECT_EQ(seqnumsOf(subscriber.events(), names::source::Udev).size(), count / 10 + 1);
}

TEST_F(PlayedUdev, EventsLostInASmallBufferAreToldExactly) {
    constexpr std::uint64_t flood = 500;
    const UniqueFd socket = openUeventSocket(UdevGroup, 8192);
    const std::uint64_t first = newestSeqnum() + 1;
    UeventWriter().write(flood);
    for (std::uint64_t i = 0; i < flood; ++i) play(first + i);
    DaemonProcess daemon({.inherited = {socket.get()}});
    Subscriber subscriber(daemon.address(), {.since = 0});
    const Event* overrun =
        subscriber.waitForEvent([](const Event& e) { return e.action == names::action::Overrun; });
    ASSERT_NE(overrun, nullptr);

    const std::uint64_t arrived = seqnumsOf(subscriber.events(), names::source::Udev).size();
    EXPECT_EQ(overrun->properties.find(names::key::Source), names::source::Udev);
    EXPECT_EQ(numberIn(*overrun, names::key::Count) + arrived, flood);
    EXPECT_LE(numberIn(*overrun, names::key::SeqnumFrom), first + arrived);
    EXPECT_GE(numberIn(*overrun, names::key::SeqnumTo), first + flood - 1);
}

} // namespace
} // namespace keventd::test
