// The form of the spool.

#include "daemon/hotplug/spool_format.h"

#include <gtest/gtest.h>
#include <string_view>

namespace keventd::test {
namespace {

using Id = std::array<std::uint8_t, 16>;

Id bootId(std::string_view text) {
    return spool::parseBootId(text);
}

TEST(SpoolFormat, HasTheBootAs128Bits) {
    const Id wanted{0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef,
                    0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10};
    EXPECT_EQ(bootId("01234567-89ab-cdef-fedc-ba9876543210\n"), wanted);
    EXPECT_EQ(bootId("01234567-89ab-cdef-fedc-ba9876543210"), wanted);
}

TEST(SpoolFormat, HasNoBootWhereThereIsNone) {
    for (const char* text :
         {"", "\n", "01234567-89ab-cdef-fedc-ba987654321\n", "01234567-89ab-cdef-fedc-ba98765432100\n",
          "0123456789ABCDEFfedcba9876543210", "01234567 89ab cdef fedc ba9876543210\n"}) {
        EXPECT_EQ(bootId(text), Id()) << text;
    }
}

// http://www.isthe.com/chongo/tech/comp/fnv/: the empty string, "a" and "foobar".
TEST(SpoolFormat, HashesAsFnv1aDoes) {
    constexpr std::uint64_t start = 0xcbf29ce484222325;
    EXPECT_EQ(spool::hash(start, {}), start);
    EXPECT_EQ(spool::hash(start, std::string_view("a")), 0xaf63dc4c8601ec8cU);
    EXPECT_EQ(spool::hash(start, std::string_view("foobar")), 0x85944171f73967e8U);
}

TEST(SpoolFormat, KeepsRecordsAligned) {
    EXPECT_EQ(spool::recordBytes(0), 40U);
    EXPECT_EQ(spool::recordBytes(1), 48U);
    EXPECT_EQ(spool::recordBytes(8), 48U);
    EXPECT_EQ(spool::recordBytes(9), 56U);
}

} // namespace
} // namespace keventd::test
