// Sizes on the command line.

#include "daemon/config/size.h"

#include <gtest/gtest.h>

namespace keventd::test {
namespace {

TEST(Size, IsANumberOfBytes) {
    EXPECT_EQ(parseSize("0"), 0U);
    EXPECT_EQ(parseSize("262144"), 262'144U);
}

TEST(Size, HasAUnitInEitherCase) {
    EXPECT_EQ(parseSize("256K"), 256U * 1024);
    EXPECT_EQ(parseSize("64m"), 64U * 1024 * 1024);
    EXPECT_EQ(parseSize("2G"), 2ULL * 1024 * 1024 * 1024);
}

TEST(Size, IsNothingElse) {
    for (const char* text : {"", "K", "-1", "+1", "1.5M", "64MB", "64 M", "0x10", "M64", " 1", "1 "}) {
        EXPECT_EQ(parseSize(text), std::nullopt) << text;
    }
}

TEST(Size, MustFit) {
    EXPECT_EQ(parseSize("18446744073709551615"), ~std::size_t{0});
    EXPECT_EQ(parseSize("18446744073709551616"), std::nullopt);
    EXPECT_EQ(parseSize("17179869183G"), 17'179'869'183ULL << 30U);
    EXPECT_EQ(parseSize("17179869184G"), std::nullopt);
}

} // namespace
} // namespace keventd::test
