// Text made fit to leave: case by case.

#include "daemon/stream/escape.h"

#include "dbus/plain_text.h"
#include "tests/unit/support/events.h"

#include <ostream>

namespace keventd::test {
namespace {

std::string escaped(std::string_view text) {
    std::string out;
    appendEscaped(out, text);
    return out;
}

struct Case {
    const char* name;
    std::string text;
    std::string escaped;
};
void PrintTo(const Case& c, std::ostream* out) {
    *out << c.name;
}
std::string nameOf(const testing::TestParamInfo<Case>& info) {
    return info.param.name;
}

class PlainText : public testing::TestWithParam<Case> {};

TEST_P(PlainText, IsLeftAsItIs) {
    EXPECT_TRUE(isPlainText(GetParam().text));
    EXPECT_EQ(escaped(GetParam().text), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    Escape, PlainText,
    testing::Values(Case{"Nothing", "", ""},
                    Case{"PrintableAscii", " !\"#$%&'()*+,-./09:;<=>?@AZ[]^_`az{|}~", ""},
                    Case{"FirstAfterC1", "\u00a0", ""}, Case{"TwoBytes", "\u00e4\u07ff", ""},
                    Case{"ThreeBytes", "\u0800\u20ac\uffee", ""}, Case{"LastBeforeSurrogates", "\ud7ff", ""},
                    Case{"FirstAfterSurrogates", "\ue000", ""},
                    Case{"AroundNoncharacters", "\ufdcf\ufdf0\ufffd", ""},
                    Case{"FourBytes", "\U00010000\U0001f50c\U0010fffd", ""}),
    nameOf);

class OtherText : public testing::TestWithParam<Case> {};

TEST_P(OtherText, IsWrittenInHexadecimal) {
    EXPECT_FALSE(isPlainText(GetParam().text));
    EXPECT_EQ(escaped(GetParam().text), GetParam().escaped);
}

INSTANTIATE_TEST_SUITE_P(
    Escape, OtherText,
    testing::Values(
        Case{"EscapeSequence", "a\x1b[31mb", "a\\x1b[31mb"}, Case{"Nul", std::string("a\0b", 3), "a\\x00b"},
        Case{"Newline", "a\nb", "a\\x0ab"}, Case{"Tab", "\t", "\\x09"}, Case{"Delete", "\x7f", "\\x7f"},
        Case{"LastC0", "\x1f", "\\x1f"}, Case{"FirstC1", "\xc2\x80", "\\xc2\\x80"},
        Case{"Csi", "\xc2\x9b", "\\xc2\\x9b"}, Case{"LastC1", "\xc2\x9f", "\\xc2\\x9f"},
        Case{"NoUtf8", "\xff\xfe", "\\xff\\xfe"}, Case{"LoneContinuation", "a\x80z", "a\\x80z"},
        Case{"OverlongSlash", "\xc0\xaf", "\\xc0\\xaf"}, Case{"OverlongEscape", "\xc0\x9b", "\\xc0\\x9b"},
        Case{"OverlongLetter", "\xc1\xa1", "\\xc1\\xa1"},
        Case{"OverlongThreeBytes", "\xe0\x9f\xbf", "\\xe0\\x9f\\xbf"},
        Case{"OverlongFourBytes", "\xf0\x8f\xbf\xbf", "\\xf0\\x8f\\xbf\\xbf"},
        Case{"FirstSurrogate", "\xed\xa0\x80", "\\xed\\xa0\\x80"},
        Case{"LastSurrogate", "\xed\xbf\xbf", "\\xed\\xbf\\xbf"},
        Case{"FirstOfTheArabicNoncharacters", "\xef\xb7\x90", "\\xef\\xb7\\x90"},
        Case{"LastOfTheArabicNoncharacters", "\xef\xb7\xaf", "\\xef\\xb7\\xaf"},
        Case{"NoncharacterFffe", "\xef\xbf\xbe", "\\xef\\xbf\\xbe"},
        Case{"NoncharacterFfff", "\xef\xbf\xbf", "\\xef\\xbf\\xbf"},
        Case{"NoncharacterOfAnotherPlane", "\xf0\x9f\xbf\xbe", "\\xf0\\x9f\\xbf\\xbe"},
        Case{"LastCodePoint", "\xf4\x8f\xbf\xbf", "\\xf4\\x8f\\xbf\\xbf"},
        Case{"BeyondTheLastCodePoint", "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
        Case{"FiveBytes", "\xf8\x88\x80\x80\x80", "\\xf8\\x88\\x80\\x80\\x80"},
        Case{"TruncatedAfterOne", "a\xe2", "a\\xe2"}, Case{"TruncatedAfterTwo", "a\xe2\x82", "a\\xe2\\x82"},
        Case{"TruncatedAfterThree", "\xf0\x9f\x94", "\\xf0\\x9f\\x94"},
        Case{"BrokenByALetter", "\xe2\x82z", "\\xe2\\x82z"},
        Case{"BrokenByACharacter", "\xe2\x82\u00e4", "\\xe2\\x82\u00e4"},
        Case{"BackslashBesideABadByte", "a\\b\xff", "a\\x5cb\\xff"},
        Case{"WhatLooksEscapedBesideABadByte", "\\xff\xff", "\\x5cxff\\xff"}),
    nameOf);

TEST(Escape, TakesABackslashForPlainText) {
    EXPECT_TRUE(isPlainText("a\\x41b"));
}

TEST(Escape, WritesABackslashInHexadecimalWhereItWrites) {
    EXPECT_EQ(escaped("a\\b"), "a\\x5cb");
}

TEST(Escape, AppendsToWhatIsThere) {
    std::string out = "kept ";
    appendEscaped(out, "\n");
    EXPECT_EQ(out, "kept \\x0a");
}

TEST(EscapeText, LeavesAPlainEventAsItIs) {
    Event event = fullEvent();
    event.object = "/devices/virtual/net/\u00e4th0";
    const Event before = event;
    escapeText(event);
    EXPECT_TRUE(isSameButForId(event, before));
}

TEST(EscapeText, LeavesABackslashAloneVerbatimAndUnflagged) {
    Event event = fullEvent();
    event.properties.set("ID_FS_LABEL", "a\\x20b\\");
    const Event before = event;
    escapeText(event);
    EXPECT_TRUE(isSameButForId(event, before));
}

TEST(EscapeText, FlagsAnEventAndKeepsItsOtherFlags) {
    Event event = fullEvent();
    event.object = "/devices/virtual/net/\xff\xfe";
    const std::uint32_t before = event.flags;
    escapeText(event);
    EXPECT_EQ(event.object, "/devices/virtual/net/\\xff\\xfe");
    EXPECT_EQ(event.flags, before | EventFlag::Escaped);
}

TEST(EscapeText, EscapesTheBackslashesOfAllStringsOnceOneIsBad) {
    Event event = kernel(1);
    event.attribute = "a\\b";
    event.properties = properties({{"KEY\\", "c\\d"}, {"INTERFACE", "\x1b"}});
    escapeText(event);
    EXPECT_EQ(event.attribute, "a\\x5cb");
    EXPECT_TRUE(event.properties.view().bytes() ==
                properties({{"KEY\\x5c", "c\\x5cd"}, {"INTERFACE", "\\x1b"}}).view().bytes());
}

TEST(EscapeText, FindsABadByteInEachField) {
    for (std::string Event::*field :
         {&Event::source, &Event::action, &Event::subsystem, &Event::object, &Event::attribute}) {
        Event event = kernel(1);
        event.*field = "a\x07";
        escapeText(event);
        EXPECT_EQ(event.*field, "a\\x07");
        EXPECT_EQ(event.flags, EventFlag::Escaped);
    }
}

TEST(EscapeText, FindsABadByteInAKey) {
    Event event = kernel(1);
    event.properties = properties({{"K\xff", "v"}});
    escapeText(event);
    EXPECT_EQ(event.properties.find("K\\xff"), "v");
    EXPECT_EQ(event.flags, EventFlag::Escaped);
}

TEST(EscapeText, KeepsKeysApartThatLookAlikeOnceEscaped) {
    Event event = kernel(1);
    event.properties = properties({{"K\xff", "1"}, {"K\\xff", "2"}});
    escapeText(event);
    EXPECT_EQ(event.properties.size(), 2U);
    EXPECT_EQ(event.properties.find("K\\x5cxff"), "2");
}

} // namespace
} // namespace keventd::test
