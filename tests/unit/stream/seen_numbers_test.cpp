// The set of SEQNUMs that have been taken.

#include "daemon/stream/seen_numbers.h"

#include "tests/unit/support/events.h"

#include <algorithm>
#include <iterator>
#include <set>

namespace keventd::test {
namespace {

constexpr std::uint64_t Greatest = ~std::uint64_t{0};

std::size_t intervalsOf(const std::set<std::uint64_t>& numbers) {
    std::size_t count = 0;
    for (const std::uint64_t n : numbers) {
        if (n == 0 || !numbers.contains(n - 1)) ++count;
    }
    return count;
}

std::uint64_t firstMissingOf(const std::set<std::uint64_t>& numbers, std::uint64_t from) {
    while (numbers.contains(from)) ++from;
    return from;
}

SeenNumbers seenOf(const std::set<std::uint64_t>& numbers) {
    SeenNumbers seen;
    for (const std::uint64_t n : numbers) seen.insert(n);
    return seen;
}

TEST(SeenNumbers, TakesEachNumberOnce) {
    SeenNumbers seen;
    EXPECT_FALSE(seen.contains(7));
    EXPECT_TRUE(seen.insert(7));
    EXPECT_TRUE(seen.contains(7));
    EXPECT_FALSE(seen.insert(7));
}

TEST(SeenNumbers, KeepsNeighboursInOneInterval) {
    SeenNumbers seen;
    for (const std::uint64_t n : {5U, 4U, 6U, 8U}) EXPECT_TRUE(seen.insert(n));
    EXPECT_EQ(seen.intervals(), 2U);
    EXPECT_TRUE(seen.insert(7));
    EXPECT_EQ(seen.intervals(), 1U);
}

TEST(SeenNumbers, TakesTheEndsOfTheRangeOnce) {
    SeenNumbers seen;
    for (const std::uint64_t n : {Greatest, std::uint64_t{0}, Greatest - 1, std::uint64_t{1}}) {
        EXPECT_TRUE(seen.insert(n)) << n;
        EXPECT_FALSE(seen.insert(n)) << n;
    }
    EXPECT_EQ(seen.intervals(), 2U);
}

TEST(SeenNumbers, KnowsEveryNumberOfAnIntervalThatEndsWithTheGreatest) {
    SeenNumbers seen;
    for (std::uint64_t n = Greatest; n > Greatest - 5; --n) EXPECT_TRUE(seen.insert(n));
    for (std::uint64_t n = Greatest; n > Greatest - 5; --n) EXPECT_FALSE(seen.insert(n));
    EXPECT_EQ(seen.intervals(), 1U);
}

TEST(SeenNumbers, TakesTheOldestGapAsFilledWhenThereAreTooMany) {
    SeenNumbers seen(3);
    for (const std::uint64_t n : {10U, 20U, 30U, 40U}) EXPECT_TRUE(seen.insert(n));
    EXPECT_EQ(seen.intervals(), 3U);
    EXPECT_FALSE(seen.insert(15));
    EXPECT_TRUE(seen.insert(25));
}

TEST(SeenNumbers, StaysBoundedWhateverComes) {
    SeenNumbers seen(100);
    for (std::uint64_t n = 0; n < 10'000; n += 2) seen.insert(n * 7919 % 100'003);
    EXPECT_LE(seen.intervals(), 100U);
}

TEST(SeenNumbers, IsASetWhateverIsInserted) {
    const auto number = rc::gen::weightedOneOf<std::uint64_t>({
        {6, rc::gen::inRange<std::uint64_t>(0, 40)},
        {1,
         rc::gen::map(rc::gen::inRange<std::uint64_t>(0, 8), [](std::uint64_t n) { return Greatest - n; })},
    });
    checkProperty(1000, [&number] {
        SeenNumbers seen;
        std::set<std::uint64_t> expected;
        for (const std::uint64_t n : *rc::gen::container<std::vector<std::uint64_t>>(number)) {
            RC_ASSERT(seen.insert(n) == expected.insert(n).second);
        }
        RC_ASSERT(seen.intervals() == intervalsOf(expected));
        for (std::uint64_t n = 0; n < 45; ++n) {
            RC_ASSERT(seen.contains(n) == expected.contains(n));
            RC_ASSERT(seen.contains(Greatest - n) == expected.contains(Greatest - n));
            RC_ASSERT(seen.firstMissing(n) == firstMissingOf(expected, n));
        }
    });
}

TEST(SeenNumbers, TellsTheFirstNumberThatAnotherSetHasNot) {
    const auto numbers = rc::gen::container<std::set<std::uint64_t>>(rc::gen::inRange<std::uint64_t>(0, 30));
    checkProperty(1000, [&numbers] {
        const std::set<std::uint64_t> ours = *numbers;
        const std::set<std::uint64_t> theirs = *numbers;
        std::vector<std::uint64_t> expected;
        std::set_difference(ours.begin(), ours.end(), theirs.begin(), theirs.end(),
                            std::back_inserter(expected));
        const auto first = seenOf(ours).firstNotIn(seenOf(theirs));
        RC_ASSERT(first == (expected.empty() ? std::nullopt : std::optional(expected.front())));
    });
}

TEST(SeenNumbers, ForgetsNoNumberWhenItForgetsGaps) {
    checkProperty(500, [] {
        SeenNumbers seen(4);
        std::set<std::uint64_t> inserted;
        for (const std::uint64_t n :
             *rc::gen::container<std::vector<std::uint64_t>>(rc::gen::inRange<std::uint64_t>(0, 200))) {
            seen.insert(n);
            inserted.insert(n);
        }
        for (const std::uint64_t n : inserted) RC_ASSERT(seen.contains(n));
        RC_ASSERT(seen.intervals() <= 4U);
    });
}

} // namespace
} // namespace keventd::test
