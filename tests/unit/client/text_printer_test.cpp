#include "client/keventctl/text_printer.h"

#include <cstdlib>
#include <ctime>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

namespace keventd::ctl {
namespace {

Event makeEvent() {
    Event event;
    event.id = 17;
    event.source = "kernel";
    event.action = "add";
    event.subsystem = "net";
    event.object = "/devices/virtual/net/veth0";
    event.realtime = 12h + 34min + 56s + 78us;
    event.properties.set("INTERFACE", "veth0");
    return event;
}

class TextPrinterTest : public testing::Test {
protected:
    TextPrinterTest() {
        ::setenv("TZ", "UTC", 1);
        ::tzset();
    }

    static std::string print(const Event& event, TextStyle style = {}) {
        TextPrinter printer(style);
        std::string out;
        printer.append(out, event);
        return out;
    }
};

TEST_F(TextPrinterTest, PrintsOneLineAnEvent) {
    EXPECT_EQ(print(makeEvent()),
              "1970-01-01 12:34:56.000078     17  kernel add    net       /devices/virtual/net/veth0\n");
}

TEST_F(TextPrinterTest, LeavesOutTheDateOfToday) {
    Event event = makeEvent();
    event.realtime = std::chrono::seconds(std::time(nullptr));
    EXPECT_THAT(print(event), testing::MatchesRegex("[0-9][0-9]:[0-9][0-9]:[0-9][0-9].000000     17 .*\n"));
}

TEST_F(TextPrinterTest, ShowsTheFirstAndTheLastTimeThatThereAre) {
    Event event = makeEvent();
    event.realtime = std::chrono::microseconds::min();
    EXPECT_THAT(print(event), testing::StartsWith("-290308-12-21 19:59:05.224192 "));
    event.realtime = std::chrono::microseconds::max();
    EXPECT_THAT(print(event), testing::StartsWith("294247-01-10 04:00:54.775807 "));
}

// What keventd says about the stream: the properties but for their prefix.
Event aboutStream(const char* action, const std::vector<std::pair<std::string, std::string>>& properties) {
    Event event;
    event.source = event.subsystem = "keventd";
    event.action = action;
    for (const auto& [key, value] : properties) event.properties.set("KEVENTD_" + key, value);
    return event;
}

TEST_F(TextPrinterTest, SaysWhichMountWhichAddressWhichButton) {
    Event event = makeEvent();
    event.source = "mount";
    event.object.clear();
    event.properties.set("MOUNTPOINT", "/mnt/a\nb");
    EXPECT_THAT(print(event), testing::EndsWith(" - MOUNTPOINT=/mnt/a?b\n"));
    event.source = "acpi";
    event.object = "/devices/LNXSYSTM:00/LNXPWRBN:00";
    event.properties.set("ACPI_DEVICE_CLASS", "button/power");
    event.properties.set("ACPI_TYPE", "00000080");
    EXPECT_THAT(print(event),
                testing::EndsWith("LNXPWRBN:00 ACPI_DEVICE_CLASS=button/power ACPI_TYPE=00000080\n"));
}

TEST_F(TextPrinterTest, SaysWhatIsLost) {
    const Event event = aboutStream(
        "overrun", {{"SOURCE", "kernel"}, {"COUNT", "81"}, {"SEQNUM_FROM", "985"}, {"SEQNUM_TO", "1065"}});
    EXPECT_THAT(print(event),
                testing::EndsWith("overrun keventd   81 messages of kernel lost, SEQNUM 985 to 1065\n"));
}

TEST_F(TextPrinterTest, SaysThatNobodyKnowsHowMuchIsLost) {
    const Event event =
        aboutStream("overrun", {{"SOURCE", "kernel"}, {"SEQNUM_FROM", "985"}, {"SEQNUM_TO", "1065"}});
    EXPECT_THAT(print(event),
                testing::EndsWith("an unknown number of messages of kernel lost, SEQNUM 985 to 1065\n"));
}

TEST_F(TextPrinterTest, SaysNoNumbersOfASourceThatHasNone) {
    const Event event = aboutStream("overrun", {{"SOURCE", "link"}, {"COUNT", "3"}});
    EXPECT_THAT(print(event), testing::EndsWith("3 messages of link lost\n"));
}

TEST_F(TextPrinterTest, SaysWhatARateHasHeldBack) {
    const Event event = aboutStream("limited", {{"SOURCE", "link"}, {"COUNT", "3"}});
    EXPECT_THAT(print(event), testing::EndsWith("3 events of link held back by its rate\n"));
}

TEST_F(TextPrinterTest, SaysHowALossEnded) {
    const Event event = aboutStream("resynced", {{"SOURCE", "udev"}, {"COUNT", "2"}});
    EXPECT_THAT(print(event), testing::EndsWith("resynced keventd   2 differences of udev published\n"));
}

TEST_F(TextPrinterTest, ShowsLocalTime) {
    ::setenv("TZ", "UTC-2", 1); // two hours ahead
    ::tzset();
    EXPECT_THAT(print(makeEvent()), testing::StartsWith("1970-01-01 14:34:56.000078 "));
}

TEST_F(TextPrinterTest, KeepsTheColumnsOfALineThatWasWider) {
    TextPrinter printer({});
    Event wide = makeEvent();
    wide.id = 123456789;
    wide.subsystem = "thunderbolt";
    std::string first;
    printer.append(first, wide);
    std::string second;
    printer.append(second, makeEvent());
    EXPECT_EQ(first.find("/devices"), second.find("/devices"));
}

TEST_F(TextPrinterTest, IsNotPushedAsideByOneOddName) {
    TextPrinter printer({});
    Event odd = makeEvent();
    odd.subsystem = std::string(100, 'x');
    std::string ignored;
    printer.append(ignored, odd);
    std::string line;
    printer.append(line, makeEvent());
    EXPECT_LT(line.find("/devices"), 80U);
}

TEST_F(TextPrinterTest, MarksAnEmptyObject) {
    Event event = makeEvent();
    event.object.clear();
    EXPECT_THAT(print(event), testing::EndsWith("net       -\n"));
}

TEST_F(TextPrinterTest, AppendsTheAttributeWithItsValue) {
    Event event = makeEvent();
    event.attribute = "carrier";
    event.properties.set("KEVENTD_VALUE", "1");
    EXPECT_THAT(print(event), testing::EndsWith("veth0 carrier=1\n"));
}

TEST_F(TextPrinterTest, AppendsTheAttributeAloneIfItHasNoValue) {
    Event event = makeEvent();
    event.attribute = "carrier";
    EXPECT_THAT(print(event), testing::EndsWith("veth0 carrier\n"));
}

TEST_F(TextPrinterTest, NamesFlagsAtTheEnd) {
    Event event = makeEvent();
    event.flags = Late | Synthetic;
    EXPECT_THAT(print(event), testing::EndsWith("veth0 [late,synthetic]\n"));
}

TEST_F(TextPrinterTest, IndentsPropertiesBelow) {
    Event event = makeEvent();
    event.properties.set("IFINDEX", "7");
    EXPECT_THAT(print(event, {false, true}),
                testing::EndsWith("veth0\n    INTERFACE=veth0\n    IFINDEX=7\n"));
}

TEST_F(TextPrinterTest, LetsNoControlCharacterThrough) {
    Event event;
    event.source = event.action = event.subsystem = event.object = event.attribute = "a\x1b[2Jb\nc";
    event.properties.set("K\x1b", "\x1b]0;title\a");
    event.properties.set("KEVENTD_VALUE", "\r");
    const std::string out = print(event, {false, true});
    EXPECT_THAT(out, testing::Not(testing::HasSubstr("\x1b")));
    EXPECT_THAT(out, testing::Not(testing::HasSubstr("\r")));
    EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 3); // the event's and those of two properties
}

TEST_F(TextPrinterTest, EndsEveryColourThatItStarts) {
    Event event = makeEvent();
    event.flags = Late;
    event.attribute = "carrier";
    const std::string out = print(event, {true, false});
    EXPECT_THAT(out, testing::HasSubstr("\x1b[32madd"));
    EXPECT_THAT(out, testing::EndsWith("\x1b[0m\n"));
}

TEST(FlagNames, NamesEachBit) {
    EXPECT_EQ(flagNames(0), "");
    EXPECT_EQ(flagNames(255), "late,synthetic,injected,early,present,resync,escaped,queued");
}

TEST(FlagNames, ShowsBitsWithoutANameInHexadecimal) {
    EXPECT_EQ(flagNames(0x300), "0x300");
    EXPECT_EQ(flagNames(0x80000001), "late,0x80000000");
}

} // namespace
} // namespace keventd::ctl
