// Many events at once, as fast as the kernel makes them.

#include "daemon/kernel_version.h"
#include "keventd/names.h"
#include "tests/kernel/kernel_test.h"
#include "tests/support/net_devices.h"

#include <cstdlib>
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

// tests/bench/run asks for more: the same checks on a larger storm.
std::uint64_t scaled(const char* variable, std::uint64_t usual) {
    const char* wanted = std::getenv(variable);
    return wanted == nullptr ? usual : std::stoull(wanted);
}

DaemonOptions withRoomForAll() {
    return {.arguments = {"--history=4G"}}; // allocated as used
}

TEST_F(Storm, OfThreePinnedWritersReachesOneSubscriberWholeOnceAndInOrder) {
    WatchedDaemon daemon(withRoomForAll());
    UeventWriters writers(3, scaled("KEVENTD_STORM_EVENTS", 30'000) / 3);
    writers.join();

    daemon.expectComplete();
    EXPECT_EQ(writtenBy(daemon.events(), writers.uuid()).size(), writers.total());
    expectWrittenInOrder(daemon.events(), writers);
}

TEST_F(Storm, IsExpectedByBuffersAndAWait) {
    DaemonProcess daemon;
    const auto statistics = daemon.statistics();
    EXPECT_EQ(statistics.at("kernel.buffer_bytes"), 128U << 20U);
    EXPECT_EQ(statistics.at("udev.buffer_bytes"), 128U << 20U);
    const bool deliversInOrder = *runningKernel() < KernelVersion{6, 9};
    EXPECT_EQ(statistics.at("stream.reorder_wait_ms"), deliversInOrder ? 0U : 50U);
}

TEST_F(Storm, DoesNotKeepTheDaemonFromEnding) {
    DaemonProcess daemon;
    PacedWriters writers(2, std::chrono::milliseconds(0));
    UeventWitness witness;
    for (const Deadline deadline; witness.seqnums().size() < 10'000;) ASSERT_FALSE(deadline.expired());
    EXPECT_EQ(daemon.stop(), 0) << daemon.log();
    writers.stop();
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
    const auto pairs = static_cast<int>(scaled("KEVENTD_STORM_PAIRS", 100));
    WatchedDaemon daemon(withRoomForAll());
    PacedWriters writers(2);
    createAndDeletePairs(pairs);
    writers.stop();

    daemon.expectComplete();
    for (const UeventWriter& writer : writers.writers()) expectWrittenInOrder(daemon.events(), writer);
    std::map<std::string, std::string> lives; // of each devpath
    for (const Event* event : select(daemon.events(), isPairDevice))
        lives[event->object] += event->action + " ";
    EXPECT_EQ(lives.size(), 2U * static_cast<std::size_t>(pairs));
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
    UeventWitness witness;
    PacedWriters writers(2);
    for (int round = 0; round < 10; ++round) {
        daemon.process().freeze();
        const std::size_t enough = witness.seqnums().size() + 500;
        for (const Deadline deadline; witness.seqnums().size() < enough;) ASSERT_FALSE(deadline.expired());
        daemon.process().thaw();
        ASSERT_TRUE(daemon.subscriber().waitUntil([&] { return daemon.events().size() >= enough; }));
    }
    writers.stop();

    daemon.expectComplete();
    for (const UeventWriter& writer : writers.writers()) expectWrittenInOrder(daemon.events(), writer);
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
