// Bounds: memory, time, and the ends of the range of SEQNUM.

#include "tests/unit/stream/sequencer_driver.h"

namespace keventd::test {
namespace {

constexpr std::uint64_t Greatest = ~std::uint64_t{0};

Sequencer::Options keepingAtMost(std::size_t maxWaiting) {
    Sequencer::Options options = after(10);
    options.maxWaiting = maxWaiting;
    return options;
}

TEST(SequencerLimit, HoldsAsManyEventsAsItMay) {
    SequencerDriver s(keepingAtMost(3));
    s.push({kernel(12), kernel(13), other("a")}, 0);
    EXPECT_EQ(s.release(0), "");
}

TEST(SequencerLimit, ClosesTheOldestHoleWhenTooManyEventsWait) {
    SequencerDriver s(keepingAtMost(3));
    s.push({kernel(12), kernel(13), other("a"), kernel(15)}, 0);
    EXPECT_EQ(s.release(0), "k12 k13 a");
    EXPECT_EQ(s->statistics().expired, 1U);
    EXPECT_EQ(s->waiting(), 1U);
}

TEST(SequencerLimit, ClosesAsManyHolesAsItMust) {
    SequencerDriver s(keepingAtMost(3));
    s.push({kernel(12), kernel(14), kernel(16), kernel(18), kernel(20)}, 0);
    EXPECT_EQ(s.release(0), "k12 k14");
}

TEST(SequencerLimit, FlagsAnEventWhoseHoleWasClosedEarly) {
    SequencerDriver s(keepingAtMost(1));
    s.push({kernel(12), kernel(13)}, 0);
    EXPECT_EQ(s.release(0), "k12 k13");
    s.push(kernel(11), 1);
    EXPECT_EQ(s.release(1), "k11!");
}

TEST(SequencerLimit, EndsTheWaitOfUdevWhenTooManyEventsWait) {
    SequencerDriver s(keepingAtMost(2));
    s.push({udev(99), other("a"), udev(98)}, 0);
    EXPECT_EQ(s.release(0), "u99 a");
    EXPECT_EQ(s->waiting(), 1U);
}

TEST(SequencerLimit, BoundsWhatManyForgedNumbersOfUdevCanHoldBack) {
    SequencerDriver s(keepingAtMost(100));
    for (std::uint64_t n = 0; n < 1000; ++n) s.push(udev(1'000'000 + n), 0);
    s.release(0);
    EXPECT_EQ(s->waiting(), 100U);
}

TEST(SequencerDeadline, IsNothingWhileNothingWaits) {
    const SequencerDriver s;
    EXPECT_EQ(s.deadline(), std::nullopt);
}

TEST(SequencerDeadline, IsTheEarlierOfHoleAndUdev) {
    SequencerDriver s(after(10));
    s.push(udev(20), 0);
    s.push(kernel(12), 20);
    EXPECT_EQ(s.release(20), "");
    EXPECT_EQ(s.deadline(), 50);
    EXPECT_EQ(s.release(50), "u20");
    EXPECT_EQ(s.deadline(), 70);
}

TEST(SequencerDeadline, LiesAfterTheReleaseThatItAskedFor) {
    SequencerDriver s(after(10));
    s.push({udev(30), kernel(12), other("a"), udev(14)}, 0);
    s.push({kernel(14), udev(31)}, 20);
    int rounds = 0;
    int now = 20;
    s.release(now);
    while (const auto deadline = s.deadline()) {
        ASSERT_GT(*deadline, now);
        now = *deadline;
        s.release(now);
        ASSERT_LE(++rounds, 3); // 50: udev 30, hole 11. 70: hole 13, udev 31
    }
    EXPECT_EQ(s->waiting(), 0U);
}

TEST(SequencerExtremes, DeliversTheGreatestNumber) {
    SequencerDriver s(after(10));
    s.push({kernel(Greatest), kernel(11)}, 0);
    EXPECT_EQ(s.release(0), "k11");
    EXPECT_EQ(s.release(50), "k18446744073709551615");
    EXPECT_EQ(s.deadline(), std::nullopt);
    EXPECT_TRUE(s->settled(Greatest));
}

TEST(SequencerExtremes, GoesOnAfterTheGreatestNumber) {
    SequencerDriver s(after(10));
    s.push(kernel(Greatest), 0);
    EXPECT_EQ(s.release(50), "k18446744073709551615");
    s.push({kernel(11), other("a"), udev(11), udev(Greatest), kernel(Greatest)}, 60);
    EXPECT_EQ(s.release(60), "k11! a u11 u18446744073709551615");
    EXPECT_EQ(s->waiting(), 0U);
}

TEST(SequencerExtremes, CountsUpToTheGreatestNumber) {
    SequencerDriver s(after(Greatest - 2));
    s.push({kernel(Greatest), kernel(Greatest - 1)}, 0);
    EXPECT_EQ(s.release(0), "k18446744073709551614 k18446744073709551615");
}

TEST(SequencerExtremes, StartsAtTheGreatestNumber) {
    SequencerDriver s(after(Greatest));
    s.push({kernel(0), kernel(5), other("a"), udev(7)}, 0);
    EXPECT_EQ(s.release(0), "k0 k5 a u7");
}

TEST(SequencerExtremes, BearsAnAnnouncementOfTheGreatestNumber) {
    SequencerDriver s(after(10));
    s.announce(Greatest, 0);
    s.push({kernel(12), kernel(11)}, 1);
    EXPECT_EQ(s.release(1), "k11 k12");
    EXPECT_EQ(s.release(50), "");
    s.push(kernel(14), 60);
    EXPECT_EQ(s.release(60), "k14");
}

} // namespace
} // namespace keventd::test
