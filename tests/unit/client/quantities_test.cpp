#include "client/keventctl/quantities.h"

#include <cstdlib>
#include <ctime>
#include <gtest/gtest.h>

using namespace std::chrono_literals;

namespace keventd::ctl {
namespace {

TEST(SizeText, CountsBytesBelowAKibibyte) {
    EXPECT_EQ(sizeText(0), "0 B");
    EXPECT_EQ(sizeText(1023), "1023 B");
}

TEST(SizeText, HasATenthOfSmallNumbers) {
    EXPECT_EQ(sizeText(1024), "1.0 KiB");
    EXPECT_EQ(sizeText(1536), "1.5 KiB");
    EXPECT_EQ(sizeText(10 * 1024 - 1), "9.9 KiB");
    EXPECT_EQ(sizeText(10 * 1024), "10 KiB");
}

TEST(SizeText, TakesTheUnitThatLeavesTheNumberShort) {
    EXPECT_EQ(sizeText(1024 * 1024 - 1), "1023 KiB");
    EXPECT_EQ(sizeText(128U << 20U), "128 MiB");
    EXPECT_EQ(sizeText(std::uint64_t{3} << 30U), "3.0 GiB");
}

TEST(SizeText, ShowsTheGreatestNumber) {
    EXPECT_EQ(sizeText(UINT64_MAX), "16777215 TiB");
}

TEST(DurationText, HasTwoUnits) {
    EXPECT_EQ(durationText(200s), "3 min 20 s");
    EXPECT_EQ(durationText(2h + 5min + 59s), "2 h 5 min");
    EXPECT_EQ(durationText(99h), "4 d 3 h");
}

TEST(DurationText, HasNothingBelowASecond) {
    EXPECT_EQ(durationText(0us), "0 s");
    EXPECT_EQ(durationText(59'999'999us), "59 s");
}

TEST(DateText, IsLocalTime) {
    setenv("TZ", "UTC-2", 1);
    tzset();
    EXPECT_EQ(dateText(24h), "1970-01-02 02:00:00");
}

} // namespace
} // namespace keventd::ctl
