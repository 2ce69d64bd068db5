#include "client/keventctl/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

using namespace std::chrono_literals;

namespace keventd::ctl {
namespace {

using Json = nlohmann::ordered_json;

std::string print(const Event& event) {
    std::string out;
    makeJsonPrinter()->append(out, event);
    return out;
}

TEST(JsonPrinter, PrintsEveryFieldUnderItsNameInOrder) {
    Event event;
    event.id = 17;
    event.source = "udev";
    event.action = "add";
    event.subsystem = "block";
    event.object = "/devices/x";
    event.attribute = "size";
    event.seqnum = 99;
    event.boottime = 5us;
    event.realtime = 6us;
    event.flags = Late | Queued;
    event.properties.set("B", "1");
    event.properties.set("A", "2");
    EXPECT_EQ(print(event),
              R"({"v":1,"id":17,"source":"udev","action":"add","subsystem":"block",)"
              R"("object":"/devices/x","attribute":"size","seqnum":99,"boottime":5,"realtime":6,)"
              R"("flags":129,"properties":{"B":"1","A":"2"}})"
              "\n");
}

TEST(JsonPrinter, PrintsEmptyFieldsToo) {
    const Json json = Json::parse(print(Event{}));
    EXPECT_EQ(json.size(), 12U);
    EXPECT_EQ(json.at("object"), "");
    EXPECT_EQ(json.at("properties"), Json::object());
}

TEST(JsonPrinter, KeepsTheWholeRangeOfNumbers) {
    Event event;
    event.id = event.seqnum = UINT64_MAX;
    event.flags = UINT32_MAX;
    const Json json = Json::parse(print(event));
    EXPECT_EQ(json.at("id").get<std::uint64_t>(), UINT64_MAX);
    EXPECT_EQ(json.at("flags").get<std::uint32_t>(), UINT32_MAX);
}

TEST(JsonPrinter, StaysOnOneLineWhateverTheTextHolds) {
    Event event;
    event.object = "a\n\"b\"\\\x1b\x7f";
    const std::string out = print(event);
    EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 1);
    EXPECT_EQ(Json::parse(out).at("object"), event.object);
}

TEST(JsonPrinter, ReplacesBytesThatAreNotUtf8) {
    Event event;
    event.object = "a\xff";
    event.properties.set("K\xff", "\xfe");
    const Json json = Json::parse(print(event));
    EXPECT_EQ(json.at("object"), "a\xef\xbf\xbd");
    EXPECT_EQ(json.at("properties").begin().value(), "\xef\xbf\xbd");
}

TEST(JsonPrinter, AppendsToWhatIsThere) {
    std::string out = "first\n";
    makeJsonPrinter()->append(out, Event{});
    EXPECT_THAT(out, testing::StartsWith("first\n{\"v\":1,"));
}

TEST(JsonStatus, HoldsAllThatTheDaemonSays) {
    const DaemonStatus status{"0.1.0",
                              "0123",
                              1,
                              9,
                              {{"kernel", "running", ""}, {"udev", "waiting", "no udevd"}},
                              {{"history.bytes", 5}}};
    const SubscriptionInfo subscription{5, ":1.7", 1000, "full", "subsystem=block", 3, 7, 1, 1024, 2, 300};
    std::string out;
    appendJson(out, status, std::vector{subscription});
    EXPECT_EQ(out, R"({"v":1,"version":"0.1.0","stream":"0123","first":1,"last":9,)"
                   R"("sources":[{"name":"kernel","state":"running","reason":""},)"
                   R"({"name":"udev","state":"waiting","reason":"no udevd"}],)"
                   R"("subscriptions":[{"number":5,"owner":":1.7","uid":1000,"state":"full",)"
                   R"("filter":"subsystem=block","next":3,"lag":7,"lost":1,"window":1024,"unacknowledged":2,)"
                   R"("unacknowledged_bytes":300}],"statistics":{"history.bytes":5}})"
                   "\n");
}

TEST(JsonStatus, HasNullForAUserWhomNobodyKnows) {
    std::string out;
    appendJson(out, DaemonStatus(), std::vector{SubscriptionInfo()});
    EXPECT_TRUE(Json::parse(out).at("subscriptions").at(0).at("uid").is_null());
}

TEST(JsonStatus, HasNullForSubscriptionsThatCouldNotBeListed) {
    std::string out;
    appendJson(out, DaemonStatus(), std::nullopt);
    EXPECT_TRUE(Json::parse(out).at("subscriptions").is_null());
}

TEST(JsonSource, IsAnObjectOfItsOwn) {
    std::string out;
    appendJson(out, SourceState{"udev", "waiting", "no udevd"});
    EXPECT_EQ(out, R"({"v":1,"name":"udev","state":"waiting","reason":"no udevd"})"
                   "\n");
}

} // namespace
} // namespace keventd::ctl
