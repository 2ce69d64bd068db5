// Addresses of network interfaces, in a network namespace of each test's own; most of IPv6, of which the
// kernel makes some by itself.

#include "keventd/names.h"
#include "tests/kernel/kernel_test.h"
#include "tests/support/links.h"
#include "tests/support/temporary_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <net/if.h>
#include <string>
#include <vector>

namespace keventd::test {
namespace {

using testing::ElementsAre;

using Addresses = KernelTest;

// "add 2001:db8::1/64 on left"; empty of another source.
std::string addressWord(const Event& event) {
    if (event.source != names::source::Address) return "";
    return event.action + " " + textIn(event, "ADDRESS") + " on " + textIn(event, "INTERFACE");
}

std::vector<std::string> wordsIn(const Events& events) {
    std::vector<std::string> words;
    for (const Event& event : events) {
        if (event.source == names::source::Address) words.push_back(addressWord(event));
    }
    return words;
}

const Event* waitForWord(Subscriber& subscriber, const std::string& word) {
    return subscriber.waitForEvent([&](const Event& event) { return addressWord(event) == word; });
}

TEST_F(Addresses, OfIpv6AreToldWithAllThatIsKnownOfThem) {
    const DaemonProcess daemon(withLinks());
    Subscriber subscriber(daemon.address(), {.since = 0});
    addPair();
    ip({"address", "add", "2001:db8::1/64", "dev", "left", "nodad"});
    ip({"address", "del", "2001:db8::1/64", "dev", "left"});
    const Event* added = waitForWord(subscriber, "add 2001:db8::1/64 on left");
    ASSERT_NE(added, nullptr);
    const Event* removed = waitForWord(subscriber, "remove 2001:db8::1/64 on left");
    ASSERT_NE(removed, nullptr);
    EXPECT_THAT(wordsIn(subscriber.events()),
                ElementsAre("add 2001:db8::1/64 on left", "remove 2001:db8::1/64 on left"));
    for (const Event* event : {added, removed}) {
        EXPECT_EQ(event->subsystem, "net");
        EXPECT_EQ(event->object, "/devices/virtual/net/left");
        EXPECT_EQ(event->attribute, "");
        EXPECT_EQ(textIn(*event, "FAMILY"), "ipv6");
        EXPECT_EQ(textIn(*event, "IFINDEX"), std::to_string(if_nametoindex("left")));
        EXPECT_EQ(textIn(*event, "SCOPE"), "global");
        EXPECT_EQ(textIn(*event, "FLAGS"), "nodad permanent");
        EXPECT_FALSE(event->properties.find("PEER"));
    }
}

TEST_F(Addresses, ThatAreTheSameOnTwoInterfacesAreToldApart) {
    const DaemonProcess daemon(withLinks());
    Subscriber subscriber(daemon.address(), {.since = 0});
    addPair();
    for (const char* action : {"add", "del"}) {
        for (const char* interface : {"left", "right"})
            ip({"address", action, "2001:db8::1/64", "dev", interface, "nodad"});
    }
    ASSERT_NE(waitForWord(subscriber, "remove 2001:db8::1/64 on right"), nullptr);
    EXPECT_THAT(wordsIn(subscriber.events()),
                ElementsAre("add 2001:db8::1/64 on left", "add 2001:db8::1/64 on right",
                            "remove 2001:db8::1/64 on left", "remove 2001:db8::1/64 on right"));
}

// Which the kernel makes of that of the hardware, once nobody else on the link was found to have it.
// The daemon reads addresses before links.
TEST_F(Addresses, HaveTheNameThatTheirInterfaceHasGotMeanwhile) {
    DaemonProcess daemon(withLinks());
    Subscriber subscriber(daemon.address(), {.since = 0});
    addPair();
    ASSERT_NE(waitForLink(subscriber, "left", "add"), nullptr);
    daemon.freeze();
    ip({"link", "set", "left", "name", "other"});
    ip({"address", "add", "192.0.2.5/24", "dev", "other"});
    daemon.thaw();
    const Event* added = subscriber.waitForEvent(
        [](const Event& event) { return event.source == names::source::Address && event.action == "add"; });
    ASSERT_NE(added, nullptr);
    EXPECT_EQ(textIn(*added, "INTERFACE"), "other");
    EXPECT_EQ(added->object, "/devices/virtual/net/other");
}

TEST_F(Addresses, OfTheLinkComeByThemselves) {
    if (readFile("/proc/sys/net/ipv6/conf/default/addr_gen_mode") != "0\n")
        GTEST_SKIP() << "this kernel gives interfaces no such address";
    const DaemonProcess daemon(withLinks());
    Subscriber subscriber(daemon.address(), {.since = 0});
    addPair();
    ip({"link", "set", "left", "address", "02:00:00:00:00:07", "up"});
    ip({"link", "set", "right", "up"});
    const Event* added = waitForWord(subscriber, "add fe80::ff:fe00:7/64 on left");
    ASSERT_NE(added, nullptr);
    EXPECT_EQ(added->object, "/devices/virtual/net/left");
    EXPECT_EQ(textIn(*added, "FAMILY"), "ipv6");
    EXPECT_EQ(textIn(*added, "SCOPE"), "link");
    ip({"link", "set", "left", "down"});
    ASSERT_NE(waitForWord(subscriber, "remove fe80::ff:fe00:7/64 on left"), nullptr);
}

} // namespace
} // namespace keventd::test
