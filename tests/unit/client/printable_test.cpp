#include "client/keventctl/printable.h"

#include <gtest/gtest.h>

using namespace std::string_literals;

namespace keventd::ctl {
namespace {

TEST(Printable, LeavesAsciiAsItIs) {
    EXPECT_EQ(printable("/devices/pci0000:00 ~!"), "/devices/pci0000:00 ~!");
}

TEST(Printable, LeavesCharactersOfEveryLengthAsTheyAre) {
    EXPECT_EQ(printable("é€😀 ü"), "é€😀 ü");
}

TEST(Printable, ReplacesControlCharacters) {
    EXPECT_EQ(printable("a\x1b[31mb\n\t\r\x7f"), "a?[31mb????");
    EXPECT_EQ(printable("a\0b"s), "a?b");
}

TEST(Printable, ReplacesC1ControlsByOneMarkEach) {
    EXPECT_EQ(printable("a\xc2\x9b"
                        "31m"),
              "a?31m");
    EXPECT_EQ(printable("\xc2\x80\xc2\xa0"), "?\xc2\xa0");
}

TEST(Printable, ReplacesBytesThatAreNotUtf8) {
    EXPECT_EQ(printable("\xff\xfe"), "??");
    EXPECT_EQ(printable("a\x9b"
                        "b"),
              "a?b");
}

TEST(Printable, ReplacesOverlongFormsAndSurrogates) {
    EXPECT_EQ(printable("\xc0\x9b"), "??");
    EXPECT_EQ(printable("\xe0\x80\x9b"), "???");
    EXPECT_EQ(printable("\xed\xa0\x80"), "???");
    EXPECT_EQ(printable("\xf4\x90\x80\x80"), "????");
}

TEST(Printable, ReplacesACharacterThatIsCutOff) {
    EXPECT_EQ(printable("a\xe2\x82"), "a??");
    EXPECT_EQ(printable("\xc3"), "?");
    EXPECT_EQ(printable("\xe2\x82:\xc2"), "??:?");
}

TEST(Printable, AppendsToWhatIsThere) {
    std::string out = "x=";
    appendPrintable(out, "1\n");
    EXPECT_EQ(out, "x=1?");
}

} // namespace
} // namespace keventd::ctl
