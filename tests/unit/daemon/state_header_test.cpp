// The first page of the state file, and what does not pass for it.

#include "daemon/state_header.h"

#include <cstring>
#include <gtest/gtest.h>

namespace keventd::test {
namespace {

constexpr sd_id128_t Boot = SD_ID128_MAKE(01, 02, 03, 04, 05, 06, 07, 08, 09, 0a, 0b, 0c, 0d, 0e, 0f, 10);
constexpr sd_id128_t Stream = SD_ID128_MAKE(11, 12, 13, 14, 15, 16, 17, 18, 19, 1a, 1b, 1c, 1d, 1e, 1f, 20);
constexpr std::array<StateRegion, 2> Regions{StateRegion{"small", 100, 100}, {"large", 8192, 4096}};
constexpr std::size_t FileBytes = 4096 + 4096 + 8192;

std::string whyNot(const StateHeader& header, std::size_t fileBytes = FileBytes,
                   std::span<const StateRegion> regions = Regions, sd_id128_t boot = Boot) {
    const auto why = checkStateHeader(header, fileBytes, regions, boot);
    return why ? why->reason : "";
}

StateHeader validHeader() {
    return makeStateHeader(Regions, Boot, Stream);
}

TEST(StateHeader, IsTakenAsItWasMade) {
    EXPECT_EQ(whyNot(validHeader()), "");
    EXPECT_TRUE(sd_id128_equal(validHeader().stream, Stream));
}

TEST(StateHeader, KnowsHowLongTheFileIs) {
    EXPECT_EQ(stateFileBytes({}), 4096U);
    EXPECT_EQ(stateFileBytes(Regions), FileBytes);
}

TEST(StateHeader, OfAnotherBootIsNotTaken) {
    EXPECT_EQ(whyNot(validHeader(), FileBytes, Regions, Stream), "from another boot");
}

TEST(StateHeader, OfAnotherLayoutIsNotTakenWhateverElseItSays) {
    StateHeader header = validHeader();
    ++header.layout;
    EXPECT_EQ(whyNot(header), "from another version of keventd");
}

TEST(StateHeader, OfAnotherSizeNamesThePart) {
    const std::array<StateRegion, 2> others{StateRegion{"small", 100, 100}, {"large", 16384, 4096}};
    EXPECT_EQ(whyNot(validHeader(), FileBytes, others), "its large has 8192 bytes instead of 16384");
}

TEST(StateHeader, OfMoreOrFewerPartsIsNotTaken) {
    const auto fewer = std::span(Regions).first(1);
    EXPECT_NE(whyNot(validHeader(), FileBytes, fewer), "");
    EXPECT_NE(whyNot(makeStateHeader(fewer, Boot, Stream), 8192), "");
}

TEST(StateHeader, OfATruncatedFileIsNotTaken) {
    EXPECT_EQ(whyNot(validHeader(), FileBytes - 1), "truncated, or grown");
}

TEST(StateHeader, OfAnotherFileIsNotTaken) {
    EXPECT_EQ(whyNot(StateHeader{}), "no state of keventd");
}

TEST(StateHeader, WithAnyBitFlippedIsNotTaken) {
    for (std::size_t byte = 0; byte < sizeof(StateHeader); ++byte) {
        for (unsigned bit = 0; bit < 8; ++bit) {
            StateHeader header = validHeader();
            reinterpret_cast<unsigned char*>(&header)[byte] ^= static_cast<unsigned char>(1U << bit);
            ASSERT_NE(whyNot(header), "") << "byte " << byte << ", bit " << bit;
        }
    }
}

} // namespace
} // namespace keventd::test
