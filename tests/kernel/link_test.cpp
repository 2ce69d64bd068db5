// Network interfaces and their addresses, in a network namespace of each test's own: real changes, each told
// once, behind the uevents that they follow.

#include "keventd/names.h"
#include "tests/kernel/kernel_test.h"
#include "tests/support/links.h"
#include "tests/support/net_devices.h"

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <net/if.h>
#include <stop_token>
#include <string>
#include <thread>

namespace keventd::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::IsSupersetOf;

using Links = KernelTest;

TEST_F(Links, ComeUpAndGoDownAndGo) {
    const DaemonProcess daemon(withLinks());
    Subscriber subscriber(daemon.address(), {.since = 0});
    addPair();
    ip({"link", "set", "left", "up"});
    ip({"link", "set", "right", "up"});
    ASSERT_NE(waitForLink(subscriber, "left", "carrier carrier=1"), nullptr);
    ip({"link", "set", "right", "down"});
    ASSERT_NE(waitForLink(subscriber, "left", "no-carrier carrier=0"), nullptr);
    ip({"link", "del", "left"});
    ASSERT_NE(waitForLink(subscriber, "left", "remove"), nullptr);
    EXPECT_THAT(wordsOf(subscriber.events(), "left"),
                ElementsAre("add", "up", "change operstate=lowerlayerdown", "carrier carrier=1",
                            "change operstate=up", "no-carrier carrier=0", "change operstate=lowerlayerdown",
                            testing::_, testing::_, "remove"))
        << "down, and what goes with it, in between";
}

TEST_F(Links, FollowTheUeventOfTheirDevice) {
    const DaemonProcess daemon(withLinks());
    Subscriber subscriber(daemon.address(), {.since = 0});
    for (int i = 0; i < 20; ++i) {
        addPair();
        ip({"link", "del", "left"});
    }
    ASSERT_TRUE(subscriber.waitUntil([&] { return wordsOf(subscriber.events(), "right").size() == 40; }));
    int devices = 0;
    for (const Event& event : subscriber.events()) {
        if (event.action != "add" || textIn(event, "INTERFACE") != "left") continue;
        devices += event.source == names::source::Kernel ? 1 : -1;
        EXPECT_GE(devices, 0) << event.id << " before its uevent";
        EXPECT_EQ(event.object, "/devices/virtual/net/left");
    }
}

TEST_F(Links, AreRenamedWithTheNameBefore) {
    const DaemonProcess daemon(withLinks());
    Subscriber subscriber(daemon.address(), {.since = 0});
    addPair();
    ip({"link", "set", "left", "name", "other"});
    const Event* renamed = waitForLink(subscriber, "other", "rename");
    ASSERT_NE(renamed, nullptr);
    EXPECT_EQ(textIn(*renamed, "INTERFACE_OLD"), "left");
    EXPECT_EQ(textIn(*renamed, "DEVPATH_OLD"), "/devices/virtual/net/left");
    EXPECT_EQ(renamed->object, "/devices/virtual/net/other");
    ip({"link", "del", "other"});
    const Event* removed = waitForLink(subscriber, "other", "remove");
    ASSERT_NE(removed, nullptr);
    EXPECT_EQ(removed->object, "/devices/virtual/net/other") << "which is not in sysfs any more";
}

TEST_F(Links, TellOfEachAttributeThatChangesAndOfNoneThatDoesNot) {
    const DaemonProcess daemon(withLinks());
    Subscriber subscriber(daemon.address(), {.since = 0});
    addPair();
    ASSERT_NE(waitForLink(subscriber, "left", "add"), nullptr);
    ip({"link", "add", "bridge", "type", "bridge"});
    ip({"link", "set", "left", "mtu", "1400"});
    ip({"link", "set", "left", "mtu", "1400"});
    ip({"link", "set", "left", "promisc", "on"});
    ip({"link", "set", "left", "address", "02:00:00:00:00:07"});
    ip({"link", "set", "left", "alias", "a name"});
    ip({"link", "set", "left", "txqueuelen", "77"}); // of an alias alone, the kernel tells nobody
    ip({"link", "set", "left", "master", "bridge"});
    ip({"link", "set", "left", "nomaster"});
    const std::string bridge = std::to_string(if_nametoindex("bridge"));
    ASSERT_NE(waitForLink(subscriber, "left", "change master=0"), nullptr);
    EXPECT_THAT(wordsOf(subscriber.events(), "left"),
                ElementsAre("add", "change mtu=1400", "change address=02:00:00:00:00:07",
                            "change tx_queue_len=77", "change ifalias=a name", "change master=" + bridge,
                            "change master=0"));
}

TEST_F(Links, HaveNamesOfAnyBytes) {
    const DaemonProcess daemon(withLinks());
    Subscriber subscriber(daemon.address(), {.since = 0});
    ip({"link", "add", "name", "\xff\x1b", "type", "bridge"});
    const Event* added = waitForLink(subscriber, "\\xff\\x1b", "add");
    ASSERT_NE(added, nullptr);
    EXPECT_EQ(added->object, "/devices/virtual/net/\\xff\\x1b");
    EXPECT_NE(added->flags & EventFlag::Escaped, 0U);
}

TEST_F(Links, HaveAddresses) {
    const DaemonProcess daemon(withLinks());
    Subscriber subscriber(daemon.address(), {.since = 0});
    addPair();
    ip({"link", "set", "left", "up"});
    ip({"address", "add", "192.0.2.1/24", "dev", "left"});
    ip({"address", "add", "2001:db8::1/64", "dev", "left", "nodad"});
    ip({"address", "add", "192.0.2.9", "peer", "192.0.2.10/32", "dev", "left"});
    ip({"address", "del", "192.0.2.1/24", "dev", "left"});
    ip({"link", "del", "left"});
    ASSERT_NE(waitForLink(subscriber, "left", "remove"), nullptr);
    std::vector<std::string> words;
    for (const Event& event : subscriber.events()) {
        if (event.source != names::source::Address || textIn(event, "ADDRESS").starts_with("fe80")) continue;
        words.push_back(event.action + " " + textIn(event, "ADDRESS") + " " + textIn(event, "PEER"));
        EXPECT_EQ(event.object, "/devices/virtual/net/left");
        EXPECT_EQ(textIn(event, "INTERFACE"), "left");
    }
    EXPECT_THAT(words, IsSupersetOf({"add 192.0.2.1/24 ", "add 2001:db8::1/64 ",
                                     "add 192.0.2.9/32 192.0.2.10", "remove 192.0.2.1/24 ",
                                     "remove 2001:db8::1/64 ", "remove 192.0.2.9/32 192.0.2.10"}));
    EXPECT_EQ(words.size(), 6U);
}

TEST_F(Links, AreSwitchedOffAndSaySo) {
    DaemonOptions options = withLinks();
    options.sources = "address";
    const DaemonProcess daemon(options);
    Subscriber subscriber(daemon.address(), {.since = 0});
    addPair();
    ASSERT_TRUE(subscriber.waitForSync());
    EXPECT_THAT(wordsOf(subscriber.events(), "left"), IsEmpty());
    EXPECT_FALSE(daemon.statistics().contains("link.received"));
    EXPECT_TRUE(daemon.statistics().contains("address.received"));
}

// What the ceiling holds back is counted.
// What comes and goes interrupts the kernel's answer.
TEST_F(Links, AreComparedWhileTheyComeAndGo) {
    const DaemonProcess daemon(withLinks());
    NetDevices devices;
    for (int i = 0; i < 150; ++i) devices.createVeth("kept" + std::to_string(i), "peer" + std::to_string(i));
    {
        const std::jthread churn([](const std::stop_token& stop) {
            NetDevices coming;
            for (int i = 0; !stop.stop_requested(); ++i) {
                const std::string name = "new" + std::to_string(i);
                coming.createVeth(name, "end" + std::to_string(i));
                coming.remove(name);
            }
        });
        const BusClient client(daemon.address());
        for (int i = 0; i < 20; ++i) client.send(client.newCall(names::method::Resync));
    }
    const BusClient client(daemon.address());
    const auto settled = client.sync();
    client.send(client.newCall(names::method::Resync));
    for (const Event& event : client.wholeHistory({.since = settled})) {
        EXPECT_FALSE(event.source == names::source::Link) << wordFor(event) << " was missed";
    }
}

TEST_F(Links, AreHeldToTheRateThatIsSet) {
    const TemporaryDirectory directory;
    std::ofstream(directory.file("keventd.toml")) << "[sources.link]\nrate = 20\n";
    DaemonOptions options = withLinks();
    options.config = directory.file("keventd.toml");
    const DaemonProcess daemon(options);
    Subscriber subscriber(daemon.address(), {.since = 0});
    addPair();
    constexpr std::uint64_t changes = 500;
    Mtu mtu("left");
    for (std::uint64_t value = 0; value < changes; ++value) mtu.set(1'000 + static_cast<int>(value));
    std::uint64_t heldBack = 0;
    const auto isComplete = [&] {
        heldBack = 0;
        for (const Event& event : subscriber.events()) {
            if (event.action == names::action::Limited) heldBack += numberIn(event, names::key::Count);
        }
        return valuesOf(subscriber.events(), "mtu").size() + heldBack == changes;
    };
    EXPECT_TRUE(subscriber.waitUntil(isComplete)) << heldBack;
    EXPECT_GT(heldBack, changes / 2);
}

// Nothing counted is lost, or the loss is told.
TEST_F(Links, AreAllToldInAStormOfUevents) {
    constexpr int changes = 10'000;
    const DaemonProcess daemon(withLinks());
    Subscriber subscriber(daemon.address(), {.since = 0});
    addPair();
    UeventWriters storm(1, 50'000);
    Mtu mtu("left");
    for (int value = 0; value < changes; ++value) mtu.set(1'000 + value);
    storm.join();
    ASSERT_NE(waitForLink(subscriber, "left", "change mtu=" + std::to_string(1'000 + changes - 1)), nullptr);
    std::uint64_t lost = 0;
    for (const Event& event : subscriber.events()) {
        if (event.action == names::action::Overrun) lost += numberIn(event, names::key::Count);
    }
    const auto told = valuesOf(subscriber.events(), "mtu").size();
    EXPECT_TRUE(told == changes || lost > 0) << told;
}

} // namespace
} // namespace keventd::test
