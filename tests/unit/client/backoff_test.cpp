#include "client/lib/backoff.h"

#include <gtest/gtest.h>

namespace keventd {
namespace {

using std::chrono::milliseconds;

TEST(ClientBackoff, DoublesUpToTheLongest) {
    Backoff backoff(milliseconds(100), milliseconds(500));
    for (const int delay : {100, 200, 400, 500, 500}) {
        EXPECT_EQ(backoff.fail(), milliseconds(delay));
    }
}

TEST(ClientBackoff, BeginsAnewAfterASuccess) {
    Backoff backoff(milliseconds(100), milliseconds(500));
    (void)backoff.fail();
    (void)backoff.fail();
    backoff.succeed();
    EXPECT_EQ(backoff.fail(), milliseconds(100));
}

} // namespace
} // namespace keventd
