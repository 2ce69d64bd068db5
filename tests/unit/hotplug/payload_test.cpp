// The kernel's environment as the payload of a uevent.

#include "daemon/hotplug/payload.h"

#include "daemon/sources/uevent_parser.h"

#include <array>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace keventd::test {
namespace {

using Environment = std::vector<std::string>;

// @return with "|" for NUL; empty if it was refused
std::string payloadOf(const Environment& environment, const char* subsystem = "mem") {
    std::vector<const char*> strings;
    for (const std::string& variable : environment) strings.push_back(variable.c_str());
    strings.push_back(nullptr);
    std::array<char, spool::MaxPayload> place{};
    const std::size_t bytes = spool::writePayload(strings.data(), subsystem, place);
    std::string text(place.data(), bytes);
    for (char& c : text) {
        if (c == '\0') c = '|';
    }
    return text;
}

const Environment ChangeOfNull{"ACTION=change", "DEVPATH=/devices/virtual/mem/null",
                               "SUBSYSTEM=mem", "SYNTH_UUID=0",
                               "DEVNAME=null",  "SEQNUM=4711"};

Environment with(std::initializer_list<std::string> more) {
    Environment environment = ChangeOfNull;
    environment.insert(environment.end(), more);
    return environment;
}

TEST(HotplugPayload, IsWhatNetlinkBrings) {
    EXPECT_EQ(payloadOf(ChangeOfNull),
              "change@/devices/virtual/mem/null|ACTION=change|DEVPATH=/devices/virtual/mem/null|"
              "SUBSYSTEM=mem|SYNTH_UUID=0|DEVNAME=null|SEQNUM=4711|");
}

TEST(HotplugPayload, IsWithoutWhatOnlyTheHelperIsGiven) {
    EXPECT_EQ(payloadOf(with({"HOME=/", "PATH=/sbin:/bin:/usr/sbin:/usr/bin"})), payloadOf(ChangeOfNull));
}

TEST(HotplugPayload, IsAUevent) {
    std::string payload = payloadOf(ChangeOfNull);
    for (char& c : payload) {
        if (c == '|') c = '\0';
    }
    const auto parsed = parseUevent(payload);
    ASSERT_TRUE(std::holds_alternative<Event>(parsed));
    EXPECT_EQ(std::get<Event>(parsed).seqnum, 4711U);
}

TEST(HotplugPayload, HasTheSubsystemOfTheFirstArgumentWhereTheEnvironmentHasNone) {
    const Environment old{"ACTION=add", "DEVPATH=/devices/a", "SEQNUM=1"};
    EXPECT_EQ(payloadOf(old, "usb"), "add@/devices/a|SUBSYSTEM=usb|ACTION=add|DEVPATH=/devices/a|SEQNUM=1|");
    EXPECT_EQ(payloadOf(old, nullptr), "add@/devices/a|ACTION=add|DEVPATH=/devices/a|SEQNUM=1|");
}

TEST(HotplugPayload, HasTheLastOfAKeyThatComesTwiceInItsHeader) {
    EXPECT_EQ(payloadOf(with({"ACTION=add"})).substr(0, 4), "add@");
}

TEST(HotplugPayload, HasBytesOfAllKinds) {
    const std::string name = "DEVPATH=/devices/\xff\xfe\x1b=@";
    EXPECT_EQ(payloadOf({"ACTION=add", name, "SEQNUM=1"}, nullptr),
              "add@/devices/\xff\xfe\x1b=@|ACTION=add|" + name + "|SEQNUM=1|");
}

TEST(HotplugPayload, IsNoneWithoutActionOrDevpath) {
    EXPECT_EQ(payloadOf({}), "");
    EXPECT_EQ(payloadOf({"ACTION=add", "SEQNUM=1"}), "");
    EXPECT_EQ(payloadOf({"DEVPATH=/devices/a", "SEQNUM=1"}), "");
    EXPECT_EQ(payloadOf({"ACTIONS=add", "DEVPATHS=/devices/a"}), "");
}

TEST(HotplugPayload, TakesAllThatTheKernelCanGiveAndNoMore) {
    std::size_t used = 0;
    for (const std::string& variable : ChangeOfNull) used += variable.size() + 1;
    const std::string most = "M=" + std::string(spool::MaxEnvironmentBytes - used - 3, 'x');
    EXPECT_NE(payloadOf(with({most})), "");
    EXPECT_EQ(payloadOf(with({most + "x"})), "");
    EXPECT_EQ(payloadOf(with({"A=" + std::string(100'000, 'x')})), "");

    Environment keys = ChangeOfNull;
    while (keys.size() < spool::MaxEnvironmentKeys) keys.push_back("K=" + std::to_string(keys.size()));
    EXPECT_NE(payloadOf(keys), "");
    keys.emplace_back("K=");
    EXPECT_EQ(payloadOf(keys), "");
}

TEST(HotplugPayload, FitsWhenDevpathIsAsLongAsCanBe) {
    const std::string devpath = "DEVPATH=/" + std::string(2000, 'd');
    EXPECT_NE(payloadOf({"ACTION=add", devpath, "SEQNUM=1"}, nullptr), "");
    EXPECT_EQ(payloadOf({"ACTION=add", devpath, "SEQNUM=1"}, std::string(2000, 's').c_str()), "");
}

} // namespace
} // namespace keventd::test
