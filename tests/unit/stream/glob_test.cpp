// Globs, against fnmatch(3).

#include "daemon/stream/glob.h"

#include "tests/unit/support/events.h"

#include <fnmatch.h>

namespace keventd::test {
namespace {

bool globMatches(const char* pattern, const char* text) {
    const auto glob = Glob::parse(pattern);
    EXPECT_TRUE(glob) << pattern;
    return glob && glob->matches(text);
}

class MalformedGlob : public testing::TestWithParam<const char*> {};

TEST_P(MalformedGlob, IsRefused) {
    EXPECT_FALSE(Glob::parse(GetParam())) << GetParam();
}

INSTANTIATE_TEST_SUITE_P(Glob, MalformedGlob,
                         testing::Values("", "[", "a[", "[a", "[]", "[!", "[!]", "[^]", "[a-", "*[", "\\",
                                         "a\\", "*\\", "[a]\\", "[\\]", "[a\\", "[a\\]", "[[:alpha:]",
                                         "[[:alpha", "[[.a]", "[a]["));

class WellFormedGlob : public testing::TestWithParam<const char*> {};

TEST_P(WellFormedGlob, IsTaken) {
    EXPECT_TRUE(Glob::parse(GetParam())) << GetParam();
}

INSTANTIATE_TEST_SUITE_P(Glob, WellFormedGlob,
                         testing::Values("a", "*", "?", "**", "]", "a]", "[a]", "[]a]", "[]]", "[!]a]",
                                         "[!a]", "[^a]", "\\[", "\\\\", "[\\]]", "[\\][]", "[[]",
                                         "[[:alpha:]]", "[[:alpha:][]", "[![:space:]-]", "[[=a=]]", "[[.-.]]",
                                         "[a-z]*[0-9]", "-", "!"));

TEST(Glob, MatchesAnythingWithAStar) {
    EXPECT_TRUE(globMatches("*", ""));
    EXPECT_TRUE(globMatches("*", "/devices/virtual"));
}

TEST(Glob, MatchesAllOfTheTextWithoutSpecialCharacters) {
    EXPECT_TRUE(globMatches("block", "block"));
    EXPECT_FALSE(globMatches("block", "blocks"));
    EXPECT_FALSE(globMatches("block", "bloc"));
    EXPECT_FALSE(globMatches("block", ""));
}

TEST(Glob, MatchesABeginning) {
    EXPECT_TRUE(globMatches("usb*", "usb"));
    EXPECT_TRUE(globMatches("usb*", "usb_device"));
    EXPECT_FALSE(globMatches("usb*", "us"));
    EXPECT_FALSE(globMatches("usb*", "xusb"));
}

TEST(Glob, CrossesSlashes) {
    EXPECT_TRUE(globMatches("/devices/*/null", "/devices/virtual/mem/null"));
    EXPECT_TRUE(globMatches("/devices/pci0000:00/*", "/devices/pci0000:00/0000:00:14.0/usb1"));
    EXPECT_TRUE(globMatches("a?b", "a/b"));
}

TEST(Glob, MatchesALeadingDotWithAStar) {
    EXPECT_TRUE(globMatches("*rc", ".rc"));
}

TEST(Glob, TakesAQuotedCharacterLiterally) {
    EXPECT_TRUE(globMatches("a\\*", "a*"));
    EXPECT_FALSE(globMatches("a\\*", "ab"));
    EXPECT_TRUE(globMatches("\\*", "*"));
    EXPECT_FALSE(globMatches("\\*", "a"));
}

TEST(Glob, QuotesInsideBrackets) {
    EXPECT_TRUE(globMatches("[\\]]", "]"));
    EXPECT_TRUE(globMatches("[\\][]", "["));
    EXPECT_TRUE(globMatches("[[:digit:][]x", "[x"));
}

TEST(Glob, KeepsUpWithManyStars) {
    std::string pattern;
    for (int i = 0; i < 200; ++i) pattern += "*a";
    EXPECT_FALSE(globMatches((pattern + "*b").c_str(), std::string(4000, 'a').c_str()));
}

rc::Gen<std::string> anyPattern() {
    const auto part =
        rc::gen::element<std::string>("a", "b", "/", "*", "?", "[ab]", "[!a]", "[]a]", "[a-b]", "[\\]]",
                                      "[[:alpha:]]", "\\*", "\\[", "\\\\", "]", "-", "\u00e4");
    return rc::gen::map(
        rc::gen::nonEmpty(rc::gen::resize(6, rc::gen::container<std::vector<std::string>>(part))),
        [](const std::vector<std::string>& parts) {
            std::string pattern;
            for (const std::string& p : parts) pattern += p;
            return pattern;
        });
}

rc::Gen<std::string> anyText() {
    return rc::gen::resize(8,
                           rc::gen::container<std::string>(rc::gen::elementOf(std::string("aabb/*[]\\-"))));
}

TEST(GlobProperty, MatchesWhatFnmatchMatches) {
    checkProperty(5000, [] {
        const std::string pattern = *anyPattern();
        const std::string text = *anyText();
        const auto glob = Glob::parse(pattern);
        RC_ASSERT(glob.has_value());
        RC_ASSERT(glob->matches(text.c_str()) == (fnmatch(pattern.c_str(), text.c_str(), 0) == 0));
    });
}

// fnmatch(3) takes an unclosed "[" for itself, so the pattern that is refused could not have been meant.
TEST(GlobProperty, RefusesAWellFormedPatternWithAnUnclosedBracketBehindIt) {
    checkProperty(500, [] {
        const std::string pattern = *anyPattern();
        RC_ASSERT(!Glob::parse(pattern + "[a"));
        RC_ASSERT(!Glob::parse(pattern + "\\"));
    });
}

TEST(GlobProperty, MatchesATextWithItsSpecialCharactersQuoted) {
    checkProperty(1000, [] {
        const std::string text = *rc::gen::nonEmpty(anyText());
        std::string quoted;
        for (const char c : text) quoted += {'\\', c};
        const auto glob = Glob::parse(quoted);
        RC_ASSERT(glob.has_value());
        RC_ASSERT(glob->matches(text.c_str()));
        RC_ASSERT(!glob->matches((text + "a").c_str()));
    });
}

} // namespace
} // namespace keventd::test
