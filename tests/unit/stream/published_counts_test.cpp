#include "daemon/stream/published_counts.h"

#include "tests/unit/support/events.h"

namespace keventd::test {
namespace {

TEST(PublishedCounts, AreZeroOfASourceThatHasPublishedNothing) {
    EXPECT_EQ(PublishedCounts().of("kernel").published, 0U);
    EXPECT_EQ(PublishedCounts().of("kernel").late, 0U);
}

TEST(PublishedCounts, AreKeptForEachSource) {
    PublishedCounts counts;
    for (const Event& event : {kernel(1), udev(1), kernel(2)}) counts.add(event);
    EXPECT_EQ(counts.of("kernel").published, 2U);
    EXPECT_EQ(counts.of("udev").published, 1U);
}

TEST(PublishedCounts, TellThoseThatAreLate) {
    PublishedCounts counts;
    Event late = kernel(3);
    late.flags |= EventFlag::Late;
    for (const Event& event : {kernel(5), late, udev(5)}) counts.add(event);
    EXPECT_EQ(counts.of("kernel").published, 2U);
    EXPECT_EQ(counts.of("kernel").late, 1U);
    EXPECT_EQ(counts.of("udev").late, 0U);
}

} // namespace
} // namespace keventd::test
