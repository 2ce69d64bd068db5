// What may be logged how often.

#include "daemon/base/rate_limit.h"

#include <gtest/gtest.h>

namespace keventd::test {
namespace {

using namespace std::chrono_literals;

constexpr RateLimit::Clock::time_point Start{1h};

TEST(RateLimit, AdmitsSoManyInAnInterval) {
    RateLimit limit(2, 10s);
    EXPECT_EQ(limit.admit(Start), 0U);
    EXPECT_EQ(limit.admit(Start + 1s), 0U);
    EXPECT_EQ(limit.admit(Start + 9s), std::nullopt);
}

TEST(RateLimit, AdmitsAgainInTheNextIntervalAndTellsHowManyWereTooMany) {
    RateLimit limit(1, 10s);
    EXPECT_EQ(limit.admit(Start), 0U);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(limit.admit(Start + 5s), std::nullopt);
    EXPECT_EQ(limit.admit(Start + 10s), 3U);
    EXPECT_EQ(limit.admit(Start + 20s), 0U);
}

TEST(RateLimit, BeginsAnIntervalWithTheFirstAfterAPause) {
    RateLimit limit(1, 10s);
    EXPECT_EQ(limit.admit(Start), 0U);
    EXPECT_EQ(limit.admit(Start + 15s), 0U);
    EXPECT_EQ(limit.admit(Start + 24s), std::nullopt);
}

} // namespace
} // namespace keventd::test
