// Many events at once, as fast as the kernel makes them.

#include "dbus/names.h"
#include "tests/kernel/kernel_test.h"
#include "tests/support/net_devices.h"

#include <gtest/gtest.h>
#include <map>

namespace keventd::test {
namespace {

using Storm = KernelTest;

std::string pairName(int number, const char* end) {
    return "kev" + std::to_string(number) + end;
}

void createAndDeletePairs(int count) {
    NetDevices devices;
    for (int number = 0; number < count; ++number)
        devices.createVeth(pairName(number, "a"), pairName(number, "b"));
    for (int number = 0; number < count; ++number) devices.remove(pairName(number, "a"));
}

// Whose place in sysfs is a device of createAndDeletePairs(), not one of its queues.
bool isPairDevice(const Event& event) {
    return event.source == names::source::Kernel && event.subsystem == "net" &&
           event.properties.find("INTERFACE").value_or("").starts_with("kev");
}

TEST_F(Storm, OfThreePinnedWritersReachesOneSubscriberWholeOnceAndInOrder) {
    WatchedDaemon daemon;
    UeventWriters writers(3, 10'000);
    writers.join();

    daemon.expectComplete();
    EXPECT_EQ(writtenBy(daemon.events(), writers.uuid()).size(), writers.total());
    expectWrittenInOrder(daemon.events(), writers);
}

TEST_F(Storm, ReachesSeveralSubscribersAlike) {
    WatchedDaemon daemon;
    Subscriber second(daemon.process().address(), {.since = 0});
    UeventWriters writers(3, 2'000);
    writers.join();

    daemon.expectComplete();
    ASSERT_TRUE(second.waitForSync());
    expectSoundStream(second.events());
    expectWrittenInOrder(second.events(), writers);
}

TEST_F(Storm, WithNetDevicesBesideItKeepsAddBeforeRemove) {
    constexpr int pairs = 200;
    WatchedDaemon daemon;
    UeventWriters writers(2, 5'000);
    createAndDeletePairs(pairs);
    writers.join();

    daemon.expectComplete();
    expectWrittenInOrder(daemon.events(), writers);
    std::map<std::string, std::string> lives; // of each devpath
    for (const Event* event : select(daemon.events(), isPairDevice))
        lives[event->object] += event->action + " ";
    EXPECT_EQ(lives.size(), 2U * pairs);
    for (const auto& [devpath, life] : lives) EXPECT_EQ(life, "add remove ") << devpath;
}

TEST_F(Storm, WhileTheDaemonIsFrozenLosesNothing) {
    WatchedDaemon daemon;
    daemon.process().freeze();
    UeventWriters writers(3, 10'000);
    writers.join();
    daemon.process().thaw();

    daemon.expectComplete();
    expectWrittenInOrder(daemon.events(), writers);
    EXPECT_EQ(daemon.process().statistics().at("kernel.dropped"), 0U);
}

TEST_F(Storm, ThroughADaemonThatIsFrozenAgainAndAgainLosesNothing) {
    WatchedDaemon daemon;
    UeventWriters writers(2, 10'000);
    for (std::size_t wanted = 2'000; wanted <= writers.total(); wanted += 2'000) {
        daemon.process().freeze();
        daemon.process().thaw();
        ASSERT_TRUE(daemon.subscriber().waitUntil([&] { return daemon.events().size() >= wanted; }));
    }
    writers.join();

    daemon.expectComplete();
    expectWrittenInOrder(daemon.events(), writers);
}

TEST_F(Storm, IsReplayedFromTheHistoryAsItWasSent) {
    WatchedDaemon daemon;
    UeventWriters writers(3, 2'000);
    writers.join();
    daemon.expectComplete();

    const std::vector<Event> kept =
        daemon.subscriber().client().wholeHistory({.since = daemon.subscriber().first()});
    ASSERT_GE(kept.size(), daemon.events().size());
    for (std::size_t i = 0; i < daemon.events().size(); ++i) {
        ASSERT_EQ(kept[i].id, daemon.events()[i].id);
        ASSERT_EQ(kept[i].seqnum, daemon.events()[i].seqnum);
    }
}

} // namespace
} // namespace keventd::test
