// Network interfaces and their addresses, in a network namespace of each test's own: real changes, each told
// once, behind the uevents that they follow.

#include "keventd/names.h"
#include "tests/kernel/kernel_test.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <system_error>
#include <thread>
#include <utility>

namespace keventd::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::IsSupersetOf;

constexpr std::uint32_t LinkGroups = RTMGRP_LINK;
constexpr std::uint32_t AddressGroups = RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR;

UniqueFd openRouteSocket(std::uint32_t groups, int bufferBytes = 64 * 1024 * 1024) {
    UniqueFd fd(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = groups;
    if (!fd || setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUFFORCE, &bufferBytes, sizeof bufferBytes) < 0 ||
        bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0)
        throw std::system_error(errno, std::generic_category(), "open socket of rtnetlink");
    return fd;
}

void ip(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "ip");
    const Finished finished = run(std::move(arguments));
    ASSERT_EQ(finished.status, 0) << finished.err;
}

/// Sets the MTU of an interface of this network namespace, as fast as the kernel can.
class Mtu {
public:
    explicit Mtu(const char* interface) : fd_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        std::strncpy(request_.ifr_name, interface, IFNAMSIZ - 1);
    }
    void set(int bytes) {
        request_.ifr_mtu = bytes;
        ASSERT_EQ(ioctl(fd_.get(), SIOCSIFMTU, &request_), 0);
    }

private:
    UniqueFd fd_;
    ifreq request_{};
};

std::string text(const Event& event, const char* key) {
    return std::string(event.properties.find(key).value_or(""));
}

// "change mtu=1400": what has happened, in a word.
std::string wordFor(const Event& event) {
    const std::string value = event.attribute + "=" + text(event, names::key::Value);
    return event.attribute.empty() ? event.action : event.action + " " + value;
}

class Links : public KernelTest {
protected:
    [[nodiscard]] static DaemonOptions both() {
        DaemonOptions options;
        options.sources = "link,address";
        return options;
    }
    static void addPair() { ip({"link", "add", "left", "type", "veth", "peer", "name", "right"}); }

    /// @return what was told of this interface, by source `link`
    static std::vector<std::string> wordsOf(const Events& events, const std::string& interface) {
        std::vector<std::string> words;
        for (const Event& event : events) {
            const bool isOfIt = text(event, "INTERFACE") == interface;
            if (event.source == names::source::Link && isOfIt) words.push_back(wordFor(event));
        }
        return words;
    }
    static std::vector<std::string> valuesOf(const Events& events, const std::string& attribute) {
        std::vector<std::string> values;
        for (const Event& event : events) {
            if (event.source == names::source::Link && event.attribute == attribute)
                values.push_back(text(event, names::key::Value));
        }
        return values;
    }
    static const Event* waitFor(Subscriber& subscriber, const std::string& interface,
                                const std::string& word) {
        return subscriber.waitForEvent([&](const Event& event) {
            return event.source == names::source::Link && text(event, "INTERFACE") == interface &&
                   wordFor(event) == word;
        });
    }
};

TEST_F(Links, ComeUpAndGoDownAndGo) {
    const DaemonProcess daemon(both());
    Subscriber subscriber(daemon.address(), {.since = 0});
    addPair();
    ip({"link", "set", "left", "up"});
    ip({"link", "set", "right", "up"});
    ASSERT_NE(waitFor(subscriber, "left", "carrier carrier=1"), nullptr);
    ip({"link", "set", "right", "down"});
    ASSERT_NE(waitFor(subscriber, "left", "no-carrier carrier=0"), nullptr);
    ip({"link", "del", "left"});
    ASSERT_NE(waitFor(subscriber, "left", "remove"), nullptr);
    EXPECT_THAT(wordsOf(subscriber.events(), "left"),
                ElementsAre("add", "up", "change operstate=lowerlayerdown", "carrier carrier=1",
                            "change operstate=up", "no-carrier carrier=0", "change operstate=lowerlayerdown",
                            testing::_, testing::_, "remove"))
        << "down, and what goes with it, in between";
}

TEST_F(Links, FollowTheUeventOfTheirDevice) {
    const DaemonProcess daemon(both());
    Subscriber subscriber(daemon.address(), {.since = 0});
    for (int i = 0; i < 20; ++i) {
        addPair();
        ip({"link", "del", "left"});
    }
    ASSERT_TRUE(subscriber.waitUntil([&] { return wordsOf(subscriber.events(), "right").size() == 40; }));
    int devices = 0;
    for (const Event& event : subscriber.events()) {
        if (event.action != "add" || text(event, "INTERFACE") != "left") continue;
        devices += event.source == names::source::Kernel ? 1 : -1;
        EXPECT_GE(devices, 0) << event.id << " before its uevent";
        EXPECT_EQ(event.object, "/devices/virtual/net/left");
    }
}

TEST_F(Links, AreRenamedWithTheNameBefore) {
    const DaemonProcess daemon(both());
    Subscriber subscriber(daemon.address(), {.since = 0});
    addPair();
    ip({"link", "set", "left", "name", "other"});
    const Event* renamed = waitFor(subscriber, "other", "rename");
    ASSERT_NE(renamed, nullptr);
    EXPECT_EQ(text(*renamed, "INTERFACE_OLD"), "left");
    EXPECT_EQ(text(*renamed, "DEVPATH_OLD"), "/devices/virtual/net/left");
    EXPECT_EQ(renamed->object, "/devices/virtual/net/other");
    ip({"link", "del", "other"});
    const Event* removed = waitFor(subscriber, "other", "remove");
    ASSERT_NE(removed, nullptr);
    EXPECT_EQ(removed->object, "/devices/virtual/net/other") << "which is not in sysfs any more";
}

TEST_F(Links, TellOfEachAttributeThatChangesAndOfNoneThatDoesNot) {
    const DaemonProcess daemon(both());
    Subscriber subscriber(daemon.address(), {.since = 0});
    addPair();
    ASSERT_NE(waitFor(subscriber, "left", "add"), nullptr);
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
    ASSERT_NE(waitFor(subscriber, "left", "change master=0"), nullptr);
    EXPECT_THAT(wordsOf(subscriber.events(), "left"),
                ElementsAre("add", "change mtu=1400", "change address=02:00:00:00:00:07",
                            "change tx_queue_len=77", "change ifalias=a name", "change master=" + bridge,
                            "change master=0"));
}

TEST_F(Links, HaveNamesOfAnyBytes) {
    const DaemonProcess daemon(both());
    Subscriber subscriber(daemon.address(), {.since = 0});
    ip({"link", "add", "name", "\xff\x1b", "type", "bridge"});
    const Event* added = waitFor(subscriber, "\\xff\\x1b", "add");
    ASSERT_NE(added, nullptr);
    EXPECT_EQ(added->object, "/devices/virtual/net/\\xff\\x1b");
    EXPECT_NE(added->flags & EventFlag::Escaped, 0U);
}

TEST_F(Links, HaveAddresses) {
    const DaemonProcess daemon(both());
    Subscriber subscriber(daemon.address(), {.since = 0});
    addPair();
    ip({"link", "set", "left", "up"});
    ip({"address", "add", "192.0.2.1/24", "dev", "left"});
    ip({"address", "add", "2001:db8::1/64", "dev", "left", "nodad"});
    ip({"address", "add", "192.0.2.9", "peer", "192.0.2.10/32", "dev", "left"});
    ip({"address", "del", "192.0.2.1/24", "dev", "left"});
    ip({"link", "del", "left"});
    ASSERT_NE(waitFor(subscriber, "left", "remove"), nullptr);
    std::vector<std::string> words;
    for (const Event& event : subscriber.events()) {
        if (event.source != names::source::Address || text(event, "ADDRESS").starts_with("fe80")) continue;
        words.push_back(event.action + " " + text(event, "ADDRESS") + " " + text(event, "PEER"));
        EXPECT_EQ(event.object, "/devices/virtual/net/left");
        EXPECT_EQ(text(event, "INTERFACE"), "left");
    }
    EXPECT_THAT(words, IsSupersetOf({"add 192.0.2.1/24 ", "add 2001:db8::1/64 ",
                                     "add 192.0.2.9/32 192.0.2.10", "remove 192.0.2.1/24 ",
                                     "remove 2001:db8::1/64 ", "remove 192.0.2.9/32 192.0.2.10"}));
    EXPECT_EQ(words.size(), 6U);
}

TEST_F(Links, AreSwitchedOffAndSaySo) {
    DaemonOptions options = both();
    options.sources = "address";
    const DaemonProcess daemon(options);
    Subscriber subscriber(daemon.address(), {.since = 0});
    addPair();
    ASSERT_TRUE(subscriber.waitForSync());
    EXPECT_THAT(wordsOf(subscriber.events(), "left"), IsEmpty());
    EXPECT_FALSE(daemon.statistics().contains("link.received"));
    EXPECT_TRUE(daemon.statistics().contains("address.received"));
}

// With sockets that outlive the daemon, as those of socket units do.
class KeptLinks : public Links {
protected:
    void SetUp() override {
        Links::SetUp();
        if (IsSkipped()) return;
        kernel_ = openUeventSocket(KernelGroup); // in the network namespace of the test
        links_ = openRouteSocket(LinkGroups);
        addresses_ = openRouteSocket(AddressGroups);
    }
    [[nodiscard]] DaemonOptions kept(std::vector<std::string> arguments = {}) const {
        DaemonOptions options = both();
        options.arguments = std::move(arguments);
        options.arguments.push_back("--state=" + directory_.path().string());
        options.inherited = {kernel_.get(), links_.get(), addresses_.get()};
        return options;
    }
    static Events told(const DaemonProcess& daemon) {
        const BusClient client(daemon.address());
        client.sync();
        Events events = everything(client);
        expectSoundStream(events);
        return events;
    }

    TemporaryDirectory directory_;
    UniqueFd kernel_;
    UniqueFd links_;
    UniqueFd addresses_;
};

TEST_F(KeptLinks, AreToldOnceThroughAKill) {
    {
        DaemonProcess first(kept());
        addPair();
        ip({"link", "set", "left", "mtu", "1400"});
        static_cast<void>(told(first));
        first.kill();
    }
    ip({"link", "set", "left", "mtu", "1300"});
    ip({"link", "set", "left", "mtu", "1500"});
    const DaemonProcess second(kept());
    const Events events = told(second);
    EXPECT_THAT(wordsOf(events, "left"),
                ElementsAre("add", "change mtu=1400", "change mtu=1300", "change mtu=1500"));
    for (const Event& event : events) EXPECT_NE(event.action, names::action::Overrun);
}

// One writer, so each value is known to follow the one before.
TEST_F(KeptLinks, AreToldOnceAndInOrderHoweverOftenTheDaemonIsKilled) {
    constexpr int first = 1'000;
    addPair();
    std::atomic<bool> isStopped = false;
    std::atomic<int> last = first;
    { const DaemonProcess begins(kept()); }
    std::thread writer([&] {
        Mtu mtu("left");
        for (int value = first; !isStopped && value < 30'000; ++value) {
            mtu.set(value);
            last = value;
            std::this_thread::sleep_for(std::chrono::microseconds(200));
        }
    });
    for (int kills = 0; kills < 25; ++kills) {
        DaemonProcess daemon(kept());
        std::this_thread::sleep_for(std::chrono::microseconds(kills * 997 % 20'000));
        daemon.kill();
    }
    isStopped = true;
    writer.join();
    const DaemonProcess daemon(kept());
    Subscriber subscriber(daemon.address(), {.since = 0});
    ASSERT_NE(waitFor(subscriber, "left", "change mtu=" + std::to_string(last)), nullptr);
    std::vector<std::string> expected;
    for (int value = first; value <= last; ++value) expected.push_back(std::to_string(value));
    EXPECT_EQ(valuesOf(subscriber.events(), "mtu"), expected);
}

TEST_F(KeptLinks, ThatWereLostAreToldByAComparison) {
    constexpr int changes = 300;
    links_ = openRouteSocket(LinkGroups, 8192);
    DaemonProcess daemon(kept());
    Subscriber subscriber(daemon.address(), {.since = 0});
    addPair();
    ip({"link", "add", "gone", "type", "bridge"});
    ASSERT_NE(waitFor(subscriber, "gone", "add"), nullptr);
    daemon.freeze();
    Mtu mtu("left");
    for (int value = 0; value < changes; ++value) mtu.set(1'000 + value);
    ip({"link", "del", "gone"});
    ip({"link", "add", "new", "type", "bridge"});
    daemon.thaw();
    ASSERT_NE(subscriber.waitForEvent([](const Event& event) {
        return event.action == names::action::Resynced && text(event, names::key::Source) == "link";
    }),
              nullptr);
    const Events& events = subscriber.events();
    const auto overrun = std::find_if(events.begin(), events.end(), [](const Event& event) {
        return event.action == names::action::Overrun;
    });
    ASSERT_NE(overrun, events.end());
    EXPECT_EQ(text(*overrun, names::key::Source), "link");
    EXPECT_GT(numberIn(*overrun, names::key::Count), 0U);
    const std::string last = std::to_string(1'000 + changes - 1);
    EXPECT_EQ(valuesOf(events, "mtu").back(), last);
    EXPECT_EQ(wordsOf(events, "gone").back(), "remove");
    EXPECT_EQ(wordsOf(events, "new"), std::vector<std::string>{"add"});
    for (const Event& event : events) {
        if (event.source != names::source::Link || event.id < overrun->id) continue;
        EXPECT_NE(event.flags & EventFlag::Resync, 0U) << wordFor(event);
    }
}

TEST_F(KeptLinks, ThatChangeWhileNobodyListensAreToldByAComparison) {
    {
        DaemonProcess first(kept());
        addPair();
        static_cast<void>(told(first));
        first.kill();
    }
    links_ = openRouteSocket(LinkGroups); // another one: what was sent until now, nobody has
    ip({"link", "set", "left", "mtu", "1300"});
    links_ = openRouteSocket(LinkGroups);
    const DaemonProcess second(kept());
    Subscriber subscriber(second.address(), {.since = 0});
    const Event* changed = waitFor(subscriber, "left", "change mtu=1300");
    ASSERT_NE(changed, nullptr);
    EXPECT_NE(changed->flags & EventFlag::Resync, 0U);
}

// What the ceiling holds back is counted.
TEST_F(Links, AreHeldToTheRateThatIsSet) {
    const TemporaryDirectory directory;
    std::ofstream(directory.file("keventd.toml")) << "[sources.link]\nrate = 20\n";
    DaemonOptions options = both();
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
    const DaemonProcess daemon(both());
    Subscriber subscriber(daemon.address(), {.since = 0});
    addPair();
    UeventWriters storm(1, 50'000);
    Mtu mtu("left");
    for (int value = 0; value < changes; ++value) mtu.set(1'000 + value);
    storm.join();
    ASSERT_NE(waitFor(subscriber, "left", "change mtu=" + std::to_string(1'000 + changes - 1)), nullptr);
    std::uint64_t lost = 0;
    for (const Event& event : subscriber.events()) {
        if (event.action == names::action::Overrun) lost += numberIn(event, names::key::Count);
    }
    const auto told = valuesOf(subscriber.events(), "mtu").size();
    EXPECT_TRUE(told == changes || lost > 0) << told;
}

} // namespace
} // namespace keventd::test
