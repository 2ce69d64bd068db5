// What the daemon keeps is bounded, and complete up to the moment of Sync.

#include "keventd/names.h"
#include "tests/kernel/kernel_test.h"
#include "tests/support/sanitizer.h"

#include <gtest/gtest.h>
#include <map>

namespace keventd::test {
namespace {

using KernelHistory = KernelTest;

DaemonOptions smallHistory() {
    return {.arguments = {"--history=256K"}};
}

void storm(const BusClient& client) {
    UeventWriters(3, 5'000).join();
    client.sync();
}

TEST_F(KernelHistory, HoldsEverythingWrittenBeforeSyncReturned) {
    DaemonProcess daemon;
    const BusClient client(daemon.address());
    for (int round = 0; round < 20; ++round) {
        UeventWriters writers(3, 100);
        writers.join();
        client.sync();
        const Wanted ours{.filters = {{names::option::Properties, {"SYNTH_UUID=" + writers.uuid()}}}};
        ASSERT_EQ(client.wholeHistory(ours).size(), writers.total()) << "round " << round;
    }
}

TEST_F(KernelHistory, AnswersSyncWithTheIdAfterTheLastEvent) {
    DaemonProcess daemon;
    const BusClient client(daemon.address());
    UeventWriter writer;
    writer.write(10);
    const std::uint64_t next = client.sync();
    const Page page = client.getEvents({.since = next - 1});
    ASSERT_FALSE(page.events.empty());
    EXPECT_EQ(page.events.front().id, next - 1);
}

TEST_F(KernelHistory, AnswersSyncAlsoWhenNothingHappens) {
    DaemonProcess daemon;
    const BusClient client(daemon.address());
    const std::uint64_t next = client.sync();
    EXPECT_LE(next, client.sync());
}

TEST_F(KernelHistory, DropsTheOldestWhenItIsFull) {
    DaemonProcess daemon(smallHistory());
    const BusClient client(daemon.address());
    storm(client);
    const std::uint64_t first = client.number(names::property::FirstId);
    EXPECT_GT(first, 10'000U);
    EXPECT_EQ(client.getEvents({.since = 0}).first, first);
    EXPECT_EQ(client.getEvents({.since = 1}).first, first) << "what is no longer kept is told";
}

TEST_F(KernelHistory, StaysWithinItsBytesThroughStorms) {
    DaemonProcess daemon(smallHistory());
    const BusClient client(daemon.address());
    for (int round = 0; round < 3; ++round) {
        storm(client);
        const auto statistics = client.statistics();
        EXPECT_LE(statistics.at("history.bytes"), statistics.at("history.capacity_bytes"));
        EXPECT_LE(statistics.at("history.capacity_bytes"), 256U * 1024);
    }
}

TEST_F(KernelHistory, DoesNotGrowTheDaemonFromStormToStorm) {
    if (UnderAddressSanitizer) GTEST_SKIP() << "AddressSanitizer keeps freed memory";
    DaemonProcess daemon(smallHistory());
    const BusClient client(daemon.address());
    for (int round = 0; round < 3; ++round) storm(client); // whatever a storm needs has been allocated by now
    const std::uint64_t before = daemon.rssBytes();
    for (int round = 0; round < 3; ++round) storm(client);
    constexpr std::uint64_t slack = 16 * 1024 * 1024; // of six storms, 45,000 events take more than 30 MiB
    EXPECT_LT(daemon.rssBytes(), before + slack);
}

TEST_F(KernelHistory, TellsASubscriberThatFellBehindWhatItHasLost) {
    DaemonProcess daemon(smallHistory());
    Subscriber slow(daemon.address(), {.window = 10});
    slow.setAcknowledging(false);
    UeventWriter().write(10);
    ASSERT_TRUE(slow.waitUntil([&] { return slow.events().size() == 10; }));
    storm(BusClient(daemon.address()));

    const std::uint64_t last = slow.events().back().id;
    slow.acknowledge(last);
    ASSERT_TRUE(slow.waitUntil([&] { return slow.events().size() > 10; }));
    ASSERT_EQ(slow.lost().size(), 1U);
    EXPECT_EQ(slow.lost()[0].first, last + 1);
    EXPECT_EQ(slow.events()[10].id, slow.lost()[0].second + 1) << "it goes on behind the gap";
}

TEST_F(KernelHistory, AccountsToASubscriberForEveryIdHoweverOftenItFallsBehind) {
    DaemonProcess daemon(smallHistory());
    Subscriber slow(daemon.address(), {.since = 0});
    for (int round = 0; round < 5; ++round) {
        UeventWriters(3, 2'000).join(); // who does not read meanwhile
        ASSERT_TRUE(slow.waitForSync());
    }
    EXPECT_FALSE(slow.lost().empty());
    std::map<std::uint64_t, std::uint64_t>
        toldOf; // last by first id of each event, of each range that is lost
    for (const Event& event : slow.events()) EXPECT_TRUE(toldOf.emplace(event.id, event.id).second);
    for (const auto& [from, to] : slow.lost()) EXPECT_TRUE(toldOf.emplace(from, to).second);
    std::uint64_t next = 1;
    for (const auto& [from, to] : toldOf) {
        ASSERT_EQ(from, next);
        next = to + 1;
    }
    EXPECT_EQ(next, slow.next());
}

} // namespace
} // namespace keventd::test
