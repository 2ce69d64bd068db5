// One number, one store, one check.

#include "daemon/base/commit_word.h"

#include <bit>
#include <gtest/gtest.h>

namespace keventd::test {
namespace {

CommitWord wordOf(std::uint64_t value) {
    CommitWord word{};
    word.store(value);
    return word;
}

std::optional<std::uint64_t> withBitFlipped(CommitWord word, unsigned bit) {
    const auto bits = std::bit_cast<std::uint64_t>(word);
    return std::bit_cast<CommitWord>(bits ^ std::uint64_t{1} << bit).load();
}

TEST(CommitWord, GivesBackEachNumber) {
    for (std::uint64_t value = 0; value <= 100'000; ++value) ASSERT_EQ(wordOf(value).load(), value);
    EXPECT_EQ(wordOf(CommitWord::MaxValue).load(), CommitWord::MaxValue);
}

TEST(CommitWord, IsNoNumberInZeroedMemory) {
    EXPECT_EQ(CommitWord{}.load(), std::nullopt);
}

TEST(CommitWord, IsNoNumberWithAnyBitFlipped) {
    std::uint64_t value = 0;
    for (int i = 0; i < 10'000; ++i) {
        for (unsigned bit = 0; bit < 64; ++bit) {
            ASSERT_EQ(withBitFlipped(wordOf(value), bit), std::nullopt) << value << ", bit " << bit;
        }
        value = (value * 6364136223846793005U + 1) & CommitWord::MaxValue;
    }
}

TEST(CommitWord, RefusesWhatDoesNotFit) {
    EXPECT_DEATH(wordOf(CommitWord::MaxValue + 1), "assertion failed");
}

} // namespace
} // namespace keventd::test
