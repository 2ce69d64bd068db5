#include "client/keventctl/values.h"

#include "client/keventctl/usage_error.h"

#include <gtest/gtest.h>

using namespace std::chrono_literals;

namespace keventd::ctl {
namespace {

template <typename Parse>
std::string errorOf(Parse parse, const char* text) {
    try {
        (void)parse(text);
    } catch (const UsageError& error) {
        return error.what();
    }
    return {};
}

TEST(Duration, ReadsEachUnit) {
    EXPECT_EQ(parseDuration("7us"), 7us);
    EXPECT_EQ(parseDuration("500ms"), 500ms);
    EXPECT_EQ(parseDuration("10s"), 10s);
    EXPECT_EQ(parseDuration("2min"), 2min);
    EXPECT_EQ(parseDuration("1h"), 1h);
    EXPECT_EQ(parseDuration("1d"), 24h);
}

TEST(Duration, ReadsDecimals) {
    EXPECT_EQ(parseDuration("1.5s"), 1500ms);
    EXPECT_EQ(parseDuration("0.1ms"), 100us);
    EXPECT_EQ(parseDuration(".5h"), 30min);
}

TEST(Duration, RoundsToMicroseconds) {
    EXPECT_EQ(parseDuration("0.7us"), 1us);
}

TEST(Duration, IsRefusedWithoutAUnitOrANumber) {
    for (const char* text : {"10", "s", "", "10m", "10 s", "ten s", "10sec", "10S"}) {
        EXPECT_EQ(parseDuration(text), std::nullopt) << text;
    }
}

TEST(Duration, IsRefusedIfTheNumberIsNoPlainDecimal) {
    for (const char* text : {"-1s", "+1s", "1e3s", "0x1s", "1.2.3s", ".s", "infs", "nans"}) {
        EXPECT_EQ(parseDuration(text), std::nullopt) << text;
    }
}

TEST(Duration, IsRefusedBeyondAHundredYears) {
    EXPECT_NE(parseDuration("36500d"), std::nullopt);
    EXPECT_EQ(parseDuration("36501d"), std::nullopt);
    EXPECT_EQ(parseDuration("99999999999999999999999999h"), std::nullopt);
}

TEST(Number, ReadsTheWholeRange) {
    EXPECT_EQ(parseNumber("0"), 0U);
    EXPECT_EQ(parseNumber("18446744073709551615"), UINT64_MAX);
}

TEST(Number, IsRefusedIfItDoesNotFitOrIsNone) {
    for (const char* text : {"18446744073709551616", "-1", "+1", "", " 1", "1 ", "0x10", "1.0"}) {
        EXPECT_EQ(parseNumber(text), std::nullopt) << text;
    }
}

TEST(Timeout, TakesAPlainNumberForSeconds) {
    EXPECT_EQ(parseTimeout("3"), 3s);
    EXPECT_EQ(parseTimeout("0.25"), 250ms);
    EXPECT_EQ(parseTimeout("500ms"), 500ms);
}

TEST(Timeout, IsRefusedByName) {
    EXPECT_EQ(errorOf(parseTimeout, "soon"),
              "--timeout: 'soon' is not a duration such as 10s, 500ms, 2min or 1h, above 0");
    EXPECT_NE(errorOf(parseTimeout, "0").find("above 0"), std::string::npos);
}

TEST(Timeout, IsRefusedIfItIsNoDecimalNumber) {
    for (const char* text : {"nan", "inf", "-inf", "-1", "-6184467910373103738940", "1e3", "0x10"}) {
        EXPECT_NE(errorOf(parseTimeout, text), "") << text;
    }
}

TEST(Count, IsOneOrMore) {
    EXPECT_EQ(parseCount("1"), 1U);
    EXPECT_EQ(errorOf(parseCount, "0"), "--count: '0' is not a number of 1 or more");
    EXPECT_EQ(errorOf(parseCount, "-3"), "--count: '-3' is not a number of 1 or more");
}

TEST(Since, TakesAPlainNumberForAnId) {
    EXPECT_EQ(std::get<std::uint64_t>(parseSince("4711")), 4711U);
}

TEST(Since, TakesOldestForTheFirstId) {
    EXPECT_EQ(std::get<std::uint64_t>(parseSince("oldest")), 0U);
}

TEST(Since, TakesANumberWithAUnitForADuration) {
    EXPECT_EQ(std::get<Duration>(parseSince("5min")), 5min);
}

TEST(Since, IsRefusedByName) {
    EXPECT_EQ(
        errorOf(parseSince, "yesterday"),
        "--since: 'yesterday' is neither an id nor 'oldest' nor a duration such as 10s, 500ms, 2min or 1h");
}

} // namespace
} // namespace keventd::ctl
