// How many broadcasts pass, and when again after too many.

#include "daemon/base/ceiling.h"

#include <gtest/gtest.h>

namespace keventd::test {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t Rate = 1000;

class CeilingTest : public testing::Test {
protected:
    /// @return how many of so many pass now
    [[nodiscard]] int admitted(int tries) {
        int count = 0;
        for (int i = 0; i < tries; ++i) count += ceiling_.admit(now_) ? 1 : 0;
        return count;
    }
    void pass(Ceiling::Clock::duration time) { now_ += time; }

private:
    Ceiling ceiling_{Rate};
    Ceiling::Clock::time_point now_ = Ceiling::Clock::now();
};

TEST_F(CeilingTest, LetsPassOneSecondsWorthAtOnce) {
    EXPECT_EQ(admitted(5'000), 1'000);
}

TEST_F(CeilingTest, LetsPassAsManyAgainAfterASecond) {
    EXPECT_EQ(admitted(5'000), 1'000);
    pass(1s);
    EXPECT_EQ(admitted(5'000), 1'000);
}

TEST_F(CeilingTest, LetsNothingPassBeforeATenthWhenItHasRunEmpty) {
    EXPECT_EQ(admitted(1'001), 1'000);
    pass(99ms);
    EXPECT_EQ(admitted(1), 0);
    pass(2ms);
    EXPECT_EQ(admitted(5'000), 101);
}

TEST_F(CeilingTest, SavesUpNoMoreThanASecond) {
    EXPECT_EQ(admitted(5'000), 1'000);
    pass(1h);
    EXPECT_EQ(admitted(5'000), 1'000);
}

TEST_F(CeilingTest, NeverHoldsBackWhatComesSlowly) {
    for (int i = 0; i < 10'000; ++i) {
        ASSERT_EQ(admitted(1), 1);
        pass(1ms);
    }
}

TEST(CeilingOfOne, LetsOnePassInASecond) {
    Ceiling ceiling(1);
    const auto now = Ceiling::Clock::now();
    EXPECT_TRUE(ceiling.admit(now));
    EXPECT_FALSE(ceiling.admit(now + 500ms));
    EXPECT_TRUE(ceiling.admit(now + 1s));
}

} // namespace
} // namespace keventd::test
