// Numbers that are known before their events: announce() and settled(); and the counters.

#include "tests/unit/stream/sequencer_driver.h"

namespace keventd::test {
namespace {

TEST(SequencerAnnounce, MakesHolesAtTheEnd) {
    SequencerDriver s(after(10));
    s.announce(12, 0);
    EXPECT_EQ(s->frontier(), 11U);
    EXPECT_EQ(s.deadline(), 50);
    s.push(kernel(12), 10);
    EXPECT_EQ(s.release(10), "");
    EXPECT_EQ(s.release(50), "k12");
}

TEST(SequencerAnnounce, LetsTheEventsLeaveAsTheyCome) {
    SequencerDriver s(after(10));
    s.announce(12, 0);
    s.push(kernel(11), 1);
    EXPECT_EQ(s.release(1), "k11");
    s.push(kernel(12), 2);
    EXPECT_EQ(s.release(2), "k12");
    EXPECT_EQ(s.deadline(), std::nullopt);
}

TEST(SequencerAnnounce, DoesNotExtendTheDeadlineOfAHoleKnownBefore) {
    SequencerDriver s(after(10));
    s.push(kernel(12), 0);
    s.announce(13, 30);
    EXPECT_EQ(s.release(50), "k12");
    EXPECT_EQ(s.deadline(), 80);
}

TEST(SequencerAnnounce, ChangesNothingForNumbersThatAreKnown) {
    SequencerDriver s(after(10));
    s.push(kernel(11), 0);
    EXPECT_EQ(s.release(0), "k11");
    s.announce(11, 1);
    s.announce(4, 1);
    EXPECT_EQ(s.deadline(), std::nullopt);
    EXPECT_EQ(s->frontier(), 12U);
}

TEST(SequencerAnnounce, LetsUdevWaitForAnAnnouncedKernelEvent) {
    SequencerDriver s(after(10));
    s.announce(12, 0);
    s.push({udev(12), other("a")}, 10);
    EXPECT_EQ(s.release(10), "");
    s.push({kernel(11), kernel(12)}, 20);
    EXPECT_EQ(s.release(20), "k11 k12 u12 a");
}

TEST(SequencerAnnounce, DoesNotHoldUpWhatNoKernelEventStandsBefore) {
    SequencerDriver s(after(10));
    s.announce(12, 0);
    s.push(other("a"), 10);
    EXPECT_EQ(s.release(10), "a");
}

// They are assigned before they are sent, on any kernel.
TEST(SequencerAnnounce, IsWaitedForAlsoWhereHolesAreNot) {
    SequencerDriver s(after(10, 0));
    s.announce(11, 0);
    EXPECT_EQ(s.release(49), "");
    EXPECT_FALSE(s->settled(11));
    EXPECT_EQ(s.release(50), "");
    EXPECT_TRUE(s->settled(11));
}

TEST(SequencerAnnounce, EndsNoHoleBeforeALowerOne) {
    SequencerDriver s(after(10, 20));
    s.announce(12, 0); // until 50
    s.push(kernel(14), 10);
    EXPECT_EQ(s.release(49), "");
    EXPECT_EQ(s.release(50), "k14");
}

TEST(SequencerBacklog, LeavesLowestFirstUntilSoManyWait) {
    SequencerDriver s(after(10));
    s.push({kernel(5), kernel(3), kernel(9), other("a"), kernel(4)}, 0);
    EXPECT_EQ(s.releaseDownTo(3), "k3 k4");
    s.push(kernel(6), 0);
    EXPECT_EQ(s.release(0), "k5 k6 k9 a");
}

TEST(SequencerBacklog, EndsTheFirstWaitsWhenTooManyWait) {
    Sequencer::Options options = after(10);
    options.maxWaiting = 3;
    SequencerDriver s(options);
    s.push({kernel(12), kernel(13), kernel(15), kernel(16), kernel(18)}, 0);
    EXPECT_EQ(s.releaseDownTo(2), "k12 k13"); // the hole at 11 is closed, that at 14 need not be
    EXPECT_EQ(s->waiting(), 3U);
    EXPECT_EQ(s->statistics().expired, 1U);
}

TEST(SequencerBacklog, EndsNoWait) {
    SequencerDriver s(after(10));
    s.push({kernel(9), kernel(12), udev(20), kernel(13)}, 0);
    EXPECT_EQ(s.releaseDownTo(0), "k9");
    EXPECT_EQ(s->waiting(), 3U);
}

TEST(SequencerSettled, HoldsForNumbersUpToTheStart) {
    const SequencerDriver s(after(10));
    EXPECT_TRUE(s->settled(10));
    EXPECT_FALSE(s->settled(11));
}

TEST(SequencerSettled, HoldsOnceTheEventLeft) {
    SequencerDriver s(after(10));
    s.push(kernel(11), 0);
    EXPECT_EQ(s.release(0), "k11");
    EXPECT_TRUE(s->settled(11));
    EXPECT_FALSE(s->settled(12));
}

TEST(SequencerSettled, DoesNotHoldWhileTheEventWaits) {
    SequencerDriver s(after(10));
    s.push({kernel(12), kernel(11)}, 0);
    EXPECT_FALSE(s->settled(11));
    EXPECT_FALSE(s->settled(12));
    EXPECT_EQ(s.release(0), "k11 k12");
    EXPECT_TRUE(s->settled(12));
}

TEST(SequencerSettled, HoldsOnceTheHoleWasClosed) {
    SequencerDriver s(after(10));
    s.announce(12, 0);
    EXPECT_EQ(s.release(49), "");
    EXPECT_FALSE(s->settled(11));
    EXPECT_EQ(s.release(50), "");
    EXPECT_TRUE(s->settled(12));
}

TEST(SequencerSettled, DoesNotHoldWhileAStragglerWaitsToLeave) {
    SequencerDriver s(after(10));
    s.push(kernel(12), 0);
    EXPECT_EQ(s.release(50), "k12");
    s.push({other("a"), kernel(11)}, 60);
    EXPECT_FALSE(s->settled(12));
    EXPECT_EQ(s.release(60), "a k11!");
    EXPECT_TRUE(s->settled(12));
}

TEST(SequencerLoss, LiesNotBelowTheLowestNumberThatMayStillCome) {
    SequencerDriver s(after(10));
    s.push({kernel(11), kernel(12), kernel(13), kernel(15), udev(11), udev(13)}, 0);
    EXPECT_EQ(s->lowestMissing("kernel"), 14U);
    EXPECT_EQ(s->lowestMissing("udev"), 12U);
}

TEST(SequencerLoss, CanLieRightAfterTheStartWhileNothingCame) {
    const SequencerDriver s(after(10));
    EXPECT_EQ(s->lowestMissing("kernel"), 11U);
    EXPECT_EQ(s->lowestMissing("udev"), 11U);
}

TEST(SequencerLoss, LiesNotBelowWhatWasLeftOutWhereHolesAreNotWaitedFor) {
    SequencerDriver s(after(10, 0));
    s.push({kernel(11), kernel(12), kernel(20)}, 0);
    EXPECT_EQ(s->lowestMissing("kernel"), 13U);
}

TEST(SequencerLoss, OfUdevLiesNotBelowWhatTheKernelHasSentAndUdevHasNot) {
    SequencerDriver s(after(10));
    s.push({kernel(12), kernel(11), kernel(14), udev(14), udev(11)}, 0); // 13: of another namespace, or late
    EXPECT_EQ(s->lowestMissing("udev"), 12U);
    s.push(udev(12), 1);
    EXPECT_EQ(s->lowestMissing("udev"), 13U);
    s.release(50); // 13 was of another namespace
    EXPECT_EQ(s->lowestMissing("udev"), 15U);
}

TEST(SequencerLoss, InABacklogCanLieRightAfterTheOldest) {
    SequencerDriver s(after(10));
    s.push({kernel(6), kernel(5), kernel(8), udev(6), udev(8)}, 0);
    EXPECT_EQ(s->lowestMissingInBacklog("kernel"), 7U);
    EXPECT_EQ(s->lowestMissingInBacklog("udev"), 5U);
}

TEST(SequencerLoss, InABacklogOfWhichNothingCameCanLieAnywhere) {
    const SequencerDriver s(after(10));
    EXPECT_EQ(s->lowestMissingInBacklog("kernel"), 1U);
    EXPECT_EQ(s->lowestMissingInBacklog("udev"), 1U);
}

TEST(SequencerLoss, InABacklogOfUdevAloneCanLieAnywhere) {
    SequencerDriver s(after(10));
    s.push({udev(6), udev(7)}, 0);
    EXPECT_EQ(s->lowestMissingInBacklog("udev"), 1U);
}

TEST(SequencerStatistics, CountWhatHappened) {
    SequencerDriver s(after(10));
    s.push({kernel(12), kernel(11), kernel(12)}, 0); // reordered, repeated
    EXPECT_EQ(s.release(0), "k11 k12");
    s.push({kernel(14), kernel(16)}, 1); // holes 13 and 15
    EXPECT_EQ(s.release(51), "k14 k16");
    s.push(kernel(13), 52);
    EXPECT_EQ(s.release(52), "k13!");

    EXPECT_EQ(s->statistics().reordered, 1U);
    EXPECT_EQ(s->statistics().repeated, 1U);
    EXPECT_EQ(s->statistics().holes, 3U);
    EXPECT_EQ(s->statistics().expired, 2U);
    EXPECT_EQ(s->statistics().late, 1U);
    EXPECT_EQ(s->statistics().maxWaiting, 2U);
}

TEST(SequencerStatistics, StayZeroWhileAllIsInOrder) {
    SequencerDriver s(after(10));
    for (std::uint64_t n = 11; n < 100; ++n) s.push({kernel(n), udev(n), other("a")}, 0);
    s.release(0);
    EXPECT_EQ(s->statistics().reordered + s->statistics().repeated + s->statistics().holes +
                  s->statistics().expired + s->statistics().late,
              0U);
}

TEST(SequencerStatistics, DoNotCallAnAnnouncedEventReorderedThatCameInOrder) {
    SequencerDriver s(after(10));
    s.announce(13, 0);
    s.push({kernel(11), kernel(13), kernel(12)}, 1);
    EXPECT_EQ(s.release(1), "k11 k12 k13");
    EXPECT_EQ(s->statistics().reordered, 1U);
}

TEST(SequencerStatistics, CountAHoleThatWasFilledInItsMiddleAsTwo) {
    SequencerDriver s(after(10));
    s.push(kernel(14), 0); // 11 to 13 are missing
    s.push(kernel(12), 1);
    EXPECT_EQ(s.release(50), "k12 k14");
    EXPECT_EQ(s->statistics().holes, 2U);
    EXPECT_EQ(s->statistics().expired, 2U);
}

} // namespace
} // namespace keventd::test
