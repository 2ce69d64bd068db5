#include "daemon/sources/message_numbers.h"

#include <gtest/gtest.h>

namespace keventd::test {
namespace {

TEST(MessageNumbers, TellWhatIsMissingInFrontOfTheFirstMessage) {
    MessageNumbers numbers;
    numbers.goOnFrom(5);
    EXPECT_TRUE(numbers.know());
    EXPECT_EQ(numbers.missingBefore(8), 2U);
}

TEST(MessageNumbers, TellThatNothingIsMissing) {
    MessageNumbers numbers;
    numbers.goOnFrom(5);
    EXPECT_EQ(numbers.missingBefore(6), 0U);
}

TEST(MessageNumbers, LeaveWhatIsMissingLaterToTheSocket) {
    MessageNumbers numbers;
    numbers.goOnFrom(5);
    EXPECT_EQ(numbers.missingBefore(6), 0U);
    EXPECT_FALSE(numbers.know());
    EXPECT_EQ(numbers.missingBefore(9), 0U);
}

TEST(MessageNumbers, KnowNothingWithoutAMessageBefore) {
    MessageNumbers numbers;
    EXPECT_FALSE(numbers.know());
    numbers.goOn();
    EXPECT_FALSE(numbers.know());
    EXPECT_EQ(numbers.missingBefore(9), 0U);
}

TEST(MessageNumbers, GoOnWithAnotherSocket) {
    MessageNumbers numbers;
    EXPECT_EQ(numbers.missingBefore(9), 0U);
    numbers.goOn();
    EXPECT_TRUE(numbers.know());
    EXPECT_EQ(numbers.missingBefore(11), 1U);
}

TEST(MessageNumbers, GoOnWithAnotherSocketThoughTheOneBeforeBroughtNothing) {
    MessageNumbers numbers;
    numbers.goOnFrom(5);
    numbers.goOn();
    EXPECT_EQ(numbers.missingBefore(8), 2U);
}

TEST(MessageNumbers, RunThroughTheirEnd) {
    MessageNumbers numbers;
    numbers.goOnFrom(UINT32_MAX - 1);
    EXPECT_EQ(numbers.missingBefore(1), 2U);
}

TEST(MessageNumbers, TakeARepeatAndAnOlderOneForNoHole) {
    MessageNumbers numbers;
    numbers.goOnFrom(5);
    EXPECT_EQ(numbers.missingBefore(5), 0U);
    numbers.goOnFrom(5);
    EXPECT_EQ(numbers.missingBefore(4), 0U);
}

} // namespace
} // namespace keventd::test
