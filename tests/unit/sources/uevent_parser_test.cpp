// The kernel's uevent datagram.

#include "daemon/sources/uevent_parser.h"

#include "tests/unit/sources/uevent_text.h"
#include "tests/unit/support/events.h"

#include <optional>
#include <ostream>
#include <span>
#include <variant>

namespace keventd {

void PrintTo(RefusedUevent reason, std::ostream* out) {
    *out << reasonText(reason);
}

} // namespace keventd

namespace keventd::test {
namespace {

std::optional<RefusedUevent> refusalOf(std::span<const char> bytes) {
    const auto result = parseUevent(bytes);
    const auto* reason = std::get_if<RefusedUevent>(&result);
    return reason != nullptr ? std::optional(*reason) : std::nullopt;
}

Event parsed(std::string_view text) {
    const std::string bytes = datagram(text);
    const auto result = parseUevent(bytes);
    if (const auto* event = std::get_if<Event>(&result)) return *event;
    ADD_FAILURE() << text << ": " << reasonText(std::get<RefusedUevent>(result));
    return {};
}

TEST(UeventParser, ReadsAnEventOfTheKernel) {
    const Event event = parsed(ChangeOfNull);
    EXPECT_EQ(event.source, "kernel");
    EXPECT_EQ(event.action, "change");
    EXPECT_EQ(event.subsystem, "mem");
    EXPECT_EQ(event.object, "/devices/virtual/mem/null");
    EXPECT_EQ(event.attribute, "");
    EXPECT_EQ(event.seqnum, 4711U);
}

TEST(UeventParser, LeavesToTheCallerWhatTheDatagramDoesNotSay) {
    const Event event = parsed(ChangeOfNull);
    EXPECT_EQ(event.id, 0U);
    EXPECT_EQ(event.boottime.count(), 0);
    EXPECT_EQ(event.realtime.count(), 0);
}

TEST(UeventParser, KeepsAllPropertiesInTheOrderOfTheKernel) {
    const Event event = parsed("add@/d|ACTION=add|DEVPATH=/d|Z=1|A=|SUBSYSTEM=net|SEQNUM=7|");
    const PropertyList expected = properties(
        {{"ACTION", "add"}, {"DEVPATH", "/d"}, {"Z", "1"}, {"A", ""}, {"SUBSYSTEM", "net"}, {"SEQNUM", "7"}});
    EXPECT_EQ(event.properties.view().bytes(), expected.view().bytes());
}

TEST(UeventParser, KeepsEqualSignsInValues) {
    const Event event = parsed("add@/d|ACTION=add|DEVPATH=/d|OF=a=b==|SEQNUM=7|");
    EXPECT_EQ(event.properties.find("OF"), "a=b==");
}

// A driver may add any text; its event has happened all the same.
TEST(UeventParser, TakesAWordForAKeyWithoutAValue) {
    const Event event = parsed("change@/d|ACTION=change|DEVPATH=/d|RESET|SEQNUM=7|");
    EXPECT_EQ(event.properties.find("RESET"), "");
    EXPECT_EQ(event.properties.size(), 4U);
}

TEST(UeventParser, LeavesOutWhatHasNoKey) {
    const Event event = parsed("change@/d|ACTION=change|DEVPATH=/d|=v||SEQNUM=7|");
    EXPECT_EQ(event.seqnum, 7U);
    EXPECT_EQ(event.properties.size(), 3U);
}

TEST(UeventParser, KeepsBytesAsTheyAre) {
    const Event event = parsed("add@/n/\xff\x1b|ACTION=add|DEVPATH=/n/\xff\x1b|INTERFACE=\xff\x1b|SEQNUM=7|");
    EXPECT_EQ(event.object, "/n/\xff\x1b");
    EXPECT_EQ(event.properties.find("INTERFACE"), "\xff\x1b");
    EXPECT_EQ(event.flags, 0U);
}

TEST(UeventParser, TakesTheLastOfSeveralSeqnums) {
    EXPECT_EQ(parsed("add@/d|ACTION=add|DEVPATH=/d|SEQNUM=99|SEQNUM=7|").seqnum, 7U);
}

TEST(UeventParser, TakesTheGreatestSeqnum) {
    EXPECT_EQ(parsed("add@/d|ACTION=add|DEVPATH=/d|SEQNUM=18446744073709551615|").seqnum, ~std::uint64_t{0});
}

TEST(UeventParser, LeavesTheSubsystemEmptyWhereThereIsNone) {
    EXPECT_EQ(parsed("add@/module/x|ACTION=add|DEVPATH=/module/x|SEQNUM=7|").subsystem, "");
}

TEST(UeventParser, FlagsASyntheticEvent) {
    EXPECT_EQ(parsed("add@/d|ACTION=add|DEVPATH=/d|SYNTH_UUID=0|SEQNUM=7|").flags, EventFlag::Synthetic);
    EXPECT_EQ(
        parsed("add@/d|ACTION=add|DEVPATH=/d|SYNTH_UUID=fe4d7c9d-b8c6-4a70-9ef1-3d8a58d18eed|SYNTH_ARG_A=1|"
               "SEQNUM=7|")
            .flags,
        EventFlag::Synthetic);
}

TEST(UeventParser, DoesNotFlagAGenuineEvent) {
    EXPECT_EQ(parsed("move@/n/b|ACTION=move|DEVPATH=/n/b|SUBSYSTEM=net|DEVPATH_OLD=/n/a|SEQNUM=7|").flags,
              0U);
}

TEST(UeventParser, KeepsAnActionThatIsNotKnown) {
    EXPECT_EQ(parsed("quux@/d|ACTION=quux|DEVPATH=/d|SEQNUM=7|").action, "quux");
}

TEST(UeventParser, TakesAnAtSignInADevpathForItself) {
    EXPECT_EQ(parsed("add@/soc@0/i2c@1|ACTION=add|DEVPATH=/soc@0/i2c@1|SEQNUM=7|").object, "/soc@0/i2c@1");
}

TEST(UeventParser, ReadsADatagramOfTheGreatestLength) {
    const std::string begin = datagram("add@/d|ACTION=add|DEVPATH=/d|SEQNUM=7|LONG=");
    const std::string whole = begin + std::string(MaxUevent - begin.size() - 1, 'x') + '\0';
    ASSERT_EQ(whole.size(), MaxUevent);
    const auto result = parseUevent(whole);
    ASSERT_TRUE(std::holds_alternative<Event>(result));
    EXPECT_EQ(std::get<Event>(result).properties.find("LONG")->size(), MaxUevent - begin.size() - 1);
}

TEST(UeventParser, RefusesALongerOne) {
    const std::string whole =
        datagram("add@/d|ACTION=add|DEVPATH=/d|SEQNUM=7|LONG=") + std::string(MaxUevent, 'x') + '\0';
    EXPECT_EQ(refusalOf(whole), RefusedUevent::TooLong);
}

TEST(UeventParser, RefusesADatagramOfUdevd) {
    std::string bytes("libudev\0\xfe\xed\xca\xfe\x28\0\0\0\x28\0\0\0\x10\0\0\0", 24);
    bytes += datagram("0000000000000000ACTION=add|DEVPATH=/d|SEQNUM=7|");
    EXPECT_EQ(refusalOf(bytes), RefusedUevent::BadHeader);
}

TEST(UeventParser, RefusesEveryTruncationOfAnEvent) {
    const std::string whole = datagram(ChangeOfNull);
    for (std::size_t length = 0; length < whole.size(); ++length) {
        EXPECT_TRUE(refusalOf(std::span(whole.data(), length))) << length;
    }
}

TEST(UeventParser, HasWordsForEveryReason) {
    for (const RefusedUevent reason :
         {RefusedUevent::Empty, RefusedUevent::TooLong, RefusedUevent::NotTerminated,
          RefusedUevent::BadHeader, RefusedUevent::Contradiction, RefusedUevent::BadSeqnum}) {
        EXPECT_FALSE(reasonText(reason).empty());
    }
}

struct Refusal {
    const char* name;
    const char* text;
    RefusedUevent reason;
};
void PrintTo(const Refusal& refusal, std::ostream* out) {
    *out << refusal.text;
}
std::string nameOf(const testing::TestParamInfo<Refusal>& info) {
    return info.param.name;
}

class BadUevent : public testing::TestWithParam<Refusal> {};

TEST_P(BadUevent, IsRefusedWithAReason) {
    EXPECT_EQ(refusalOf(datagram(GetParam().text)), GetParam().reason);
}

using enum RefusedUevent;
INSTANTIATE_TEST_SUITE_P(
    UeventParser, BadUevent,
    testing::Values(
        Refusal{"Nothing", "", Empty}, Refusal{"ASingleNul", "|", BadHeader},
        Refusal{"NoNulAtTheEnd", "add@/d|ACTION=add|DEVPATH=/d|SEQNUM=7", NotTerminated},
        Refusal{"NoAtSign", "add/d|ACTION=add|DEVPATH=/d|SEQNUM=7|", BadHeader},
        Refusal{"NoHeader", "ACTION=add|DEVPATH=/d|SEQNUM=7|", BadHeader},
        Refusal{"EmptyActionInHeader", "@/d|ACTION=|DEVPATH=/d|SEQNUM=7|", BadHeader},
        Refusal{"EmptyDevpathInHeader", "add@|ACTION=add|DEVPATH=|SEQNUM=7|", BadHeader},
        Refusal{"RelativeDevpath", "add@d|ACTION=add|DEVPATH=d|SEQNUM=7|", BadHeader},
        Refusal{"HeaderOnly", "add@/d|", Contradiction},
        Refusal{"NoAction", "add@/d|DEVPATH=/d|SEQNUM=7|", Contradiction},
        Refusal{"NoDevpath", "add@/d|ACTION=add|SEQNUM=7|", Contradiction},
        Refusal{"AnotherAction", "add@/d|ACTION=remove|DEVPATH=/d|SEQNUM=7|", Contradiction},
        Refusal{"AnotherDevpath", "add@/d|ACTION=add|DEVPATH=/dd|SEQNUM=7|", Contradiction},
        Refusal{"AnotherActionLater", "add@/d|ACTION=add|DEVPATH=/d|ACTION=x|SEQNUM=7|", Contradiction},
        Refusal{"NoSeqnum", "add@/d|ACTION=add|DEVPATH=/d|", BadSeqnum},
        Refusal{"EmptySeqnum", "add@/d|ACTION=add|DEVPATH=/d|SEQNUM=|", BadSeqnum},
        Refusal{"SeqnumZero", "add@/d|ACTION=add|DEVPATH=/d|SEQNUM=0|", BadSeqnum},
        Refusal{"NegativeSeqnum", "add@/d|ACTION=add|DEVPATH=/d|SEQNUM=-1|", BadSeqnum},
        Refusal{"SeqnumWithSign", "add@/d|ACTION=add|DEVPATH=/d|SEQNUM=+1|", BadSeqnum},
        Refusal{"SeqnumWithBlank", "add@/d|ACTION=add|DEVPATH=/d|SEQNUM= 1|", BadSeqnum},
        Refusal{"SeqnumWithMore", "add@/d|ACTION=add|DEVPATH=/d|SEQNUM=1x|", BadSeqnum},
        Refusal{"SeqnumTooGreat", "add@/d|ACTION=add|DEVPATH=/d|SEQNUM=18446744073709551616|", BadSeqnum},
        Refusal{"WordForTheSeqnum", "add@/d|ACTION=add|DEVPATH=/d|SEQNUM|", BadSeqnum}),
    nameOf);

} // namespace
} // namespace keventd::test
