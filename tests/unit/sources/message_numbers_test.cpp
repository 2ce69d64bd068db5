#include "daemon/sources/message_numbers.h"

#include <gtest/gtest.h>
#include <limits>

namespace keventd::test {
namespace {

constexpr std::uint32_t Last = std::numeric_limits<std::uint32_t>::max();

class Numbers : public testing::Test {
protected:
    /// @return how many are missing in front of it
    std::uint32_t take(std::uint32_t number, std::uint64_t pending = 0) {
        const auto missing = numbers_.missingBefore(number, pending);
        numbers_.take(number);
        return missing.count;
    }
    /// Another daemon on the same memory, or another socket.
    void beginAnew() { numbers_ = MessageNumbers(&word_); }

    CommitWord word_{};
    MessageNumbers numbers_{&word_};
};

TEST_F(Numbers, KnowNothingBeforeTheFirstMessageThatThereEverWas) {
    EXPECT_FALSE(numbers_.know());
    EXPECT_EQ(take(9), 0U);
    EXPECT_TRUE(numbers_.know());
}

TEST_F(Numbers, TellWhatIsMissingInFrontOfTheFirstMessage) {
    take(5);
    beginAnew();
    const auto missing = numbers_.missingBefore(8, 0);
    EXPECT_EQ(missing.first, 6U);
    EXPECT_EQ(missing.count, 2U);
}

TEST_F(Numbers, TellThatNothingIsMissing) {
    take(5);
    beginAnew();
    EXPECT_EQ(take(6), 0U);
}

TEST_F(Numbers, TellNothingTwice) {
    take(5);
    beginAnew();
    EXPECT_EQ(numbers_.missingBefore(8, 0).count, 2U);
    numbers_.account(7);
    beginAnew(); // killed, before the message was taken
    EXPECT_EQ(take(8), 0U);
}

TEST_F(Numbers, LeaveWhatIsMissingLaterToTheSocket) {
    take(5);
    EXPECT_EQ(take(9), 0U);
    beginAnew();
    EXPECT_EQ(take(10), 0U);
}

TEST_F(Numbers, GoOnWithAnotherSocketOfTheSameDaemon) {
    take(9);
    numbers_.begin();
    EXPECT_EQ(take(11), 1U);
}

TEST_F(Numbers, CountWhatTheSocketHasToldAtItsEnd) {
    take(5);
    numbers_.drop(5);
    beginAnew();
    EXPECT_EQ(take(12), 1U) << "6 to 10 have been told";
}

TEST_F(Numbers, CountWhatTheSocketHasToldBeforeAnyMessage) {
    take(5);
    beginAnew();
    numbers_.drop(2);
    EXPECT_EQ(take(9), 1U);
}

TEST_F(Numbers, DoNotCountTwiceWhatWasDroppedInFrontOfTheLastMessage) {
    take(5);
    take(8);          // 6 and 7 were dropped
    numbers_.drop(2); // which the socket tells when it is empty
    beginAnew();
    EXPECT_EQ(take(10), 1U);
}

TEST_F(Numbers, LeaveToTheSocketWhatItIsGoingToTell) {
    take(5);
    beginAnew();
    EXPECT_EQ(take(9, 2), 1U);
    numbers_.drop(2);
    beginAnew();
    EXPECT_EQ(take(10), 0U);
    beginAnew();
    EXPECT_EQ(take(12), 1U);
}

TEST_F(Numbers, KeepTheHighest) {
    take(5);
    take(7);
    take(6);
    beginAnew();
    EXPECT_EQ(take(8), 0U);
}

TEST_F(Numbers, RunThroughTheirEnd) {
    take(Last - 1);
    beginAnew();
    EXPECT_EQ(take(1), 2U);
}

TEST_F(Numbers, TakeARepeatAndAnOlderOneForNoHole) {
    take(5);
    beginAnew();
    EXPECT_EQ(take(5), 0U);
    beginAnew();
    EXPECT_EQ(take(4), 0U);
    beginAnew();
    EXPECT_EQ(take(6), 0U);
}

} // namespace
} // namespace keventd::test
