#include "daemon/sources/clock_offsets.h"

#include <chrono>
#include <gtest/gtest.h>
#include <optional>

namespace keventd::test {
namespace {

using namespace std::chrono_literals;
using std::chrono::microseconds;

const ClockOffsets Before{.slept = 5s, .set = 1'000'000s, .uncertainty = 3us};

ClockChanges after(microseconds slept, microseconds setBy, microseconds uncertainty = 3us) {
    return compareClocks(Before, {Before.slept + slept, Before.set + setBy, uncertainty});
}

TEST(ClockOffsets, TellASleep) {
    EXPECT_EQ(after(4s, 0s).slept, 4s);
    EXPECT_FALSE(after(4s, 0s).setBy);
}

TEST(ClockOffsets, TellThatTheClockWasSet) {
    EXPECT_EQ(after(0s, 1h).setBy, 1h);
    EXPECT_FALSE(after(0s, 1h).slept);
}

TEST(ClockOffsets, TellThatTheClockWasSetBack) {
    EXPECT_EQ(after(0s, -1h).setBy, microseconds(-1h));
}

TEST(ClockOffsets, TellBoth) {
    const ClockChanges changes = after(8h, 2s);
    EXPECT_EQ(changes.slept, 8h);
    EXPECT_EQ(changes.setBy, 2s);
}

TEST(ClockOffsets, TellNothingOfWhatIsLessThanTheirUncertainty) {
    EXPECT_FALSE(after(6us, -6us).slept);
    EXPECT_FALSE(after(6us, -6us).setBy);
    EXPECT_EQ(after(7us, -7us).slept, 7us);
    EXPECT_EQ(after(7us, -7us).setBy, -7us);
    EXPECT_FALSE(after(7us, 7us, 5ms).setBy);
}

TEST(ClockOffsets, TellNoSleepThatWouldEndBeforeItBegan) {
    EXPECT_FALSE(after(-1s, 0s).slept);
}

TEST(ClockOffsets, AreReadAlikeAgainAndAgain) {
    const ClockOffsets first = readClockOffsets();
    EXPECT_GE(first.slept, -first.uncertainty);
    EXPECT_LT(first.uncertainty, 1s);
    for (int i = 0; i < 1'000; ++i) {
        const ClockChanges changes = compareClocks(first, readClockOffsets());
        EXPECT_FALSE(changes.slept);
        EXPECT_FALSE(changes.setBy) << changes.setBy.value_or(0us).count();
    }
}

} // namespace
} // namespace keventd::test
