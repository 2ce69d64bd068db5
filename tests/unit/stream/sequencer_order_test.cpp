// Holes in SEQNUM: waited for, filled, closed; and what waits behind them.

#include "tests/unit/stream/sequencer_driver.h"

namespace keventd::test {
namespace {

TEST(Sequencer, PassesEventsInOrderThrough) {
    SequencerDriver s(after(10));
    s.push({kernel(11), kernel(12), kernel(13)}, 0);
    EXPECT_EQ(s.release(0), "k11 k12 k13");
    EXPECT_EQ(s.deadline(), std::nullopt);
    EXPECT_EQ(s->waiting(), 0U);
}

TEST(Sequencer, WaitsForAHole) {
    SequencerDriver s(after(10));
    s.push({kernel(11), kernel(13)}, 0);
    EXPECT_EQ(s.release(0), "k11");
    EXPECT_EQ(s->waiting(), 1U);
    EXPECT_EQ(s.deadline(), 50);
}

TEST(Sequencer, ReleasesInSeqnumOrderWhenAHoleIsFilled) {
    SequencerDriver s(after(10));
    s.push({kernel(14), kernel(13), kernel(12)}, 0);
    EXPECT_EQ(s.release(0), "");
    s.push(kernel(11), 20);
    EXPECT_EQ(s.release(20), "k11 k12 k13 k14");
}

TEST(Sequencer, ReleasesWhatStandsBeforeTheNextHoleOnly) {
    SequencerDriver s(after(10));
    s.push({kernel(12), kernel(14)}, 0);
    s.push(kernel(11), 1);
    EXPECT_EQ(s.release(1), "k11 k12");
    s.push(kernel(13), 2);
    EXPECT_EQ(s.release(2), "k13 k14");
}

TEST(Sequencer, ClosesAHoleAtItsDeadlineAndNotBefore) {
    SequencerDriver s(after(10));
    s.push(kernel(12), 0);
    EXPECT_EQ(s.release(49), "");
    EXPECT_EQ(s.release(50), "k12");
}

TEST(Sequencer, DoesNotExtendADeadlineForLaterEvents) {
    SequencerDriver s(after(10));
    s.push(kernel(12), 0);
    s.push(kernel(13), 30);
    s.push(kernel(14), 49);
    EXPECT_EQ(s.release(49), "");
    EXPECT_EQ(s.release(50), "k12 k13 k14");
}

TEST(Sequencer, DoesNotExtendADeadlineWhenAHoleIsFilledInPart) {
    SequencerDriver s(after(10));
    s.push(kernel(15), 0); // 11 to 14 are missing
    s.push(kernel(13), 40);
    EXPECT_EQ(s.release(40), "");
    EXPECT_EQ(s.deadline(), 50);
    EXPECT_EQ(s.release(50), "k13 k15");
}

TEST(Sequencer, GivesEachHoleADeadlineOfItsOwn) {
    SequencerDriver s(after(10));
    s.push(kernel(12), 0);
    s.push(kernel(14), 30);
    EXPECT_EQ(s.release(50), "k12");
    EXPECT_EQ(s.deadline(), 80);
    EXPECT_EQ(s.release(79), "");
    EXPECT_EQ(s.release(80), "k14");
}

TEST(Sequencer, FillsAHoleAtItsFirstItsLastAndAnInnerNumber) {
    SequencerDriver s(after(10));
    s.push(kernel(16), 0); // 11 to 15 are missing
    s.push({kernel(15), kernel(11), kernel(13)}, 1);
    EXPECT_EQ(s.release(1), "k11");
    s.push({kernel(14), kernel(12)}, 2);
    EXPECT_EQ(s.release(2), "k12 k13 k14 k15 k16");
}

TEST(Sequencer, WaitsForAHoleBeforeTheFirstEvent) {
    SequencerDriver s(after(0));
    s.push(kernel(3), 0);
    EXPECT_EQ(s.release(0), "");
    s.push({kernel(2), kernel(1)}, 1);
    EXPECT_EQ(s.release(1), "k1 k2 k3");
}

TEST(Sequencer, LetsEventsOfEverySourceWaitBehindAHole) {
    SequencerDriver s(after(10));
    s.push({kernel(11), kernel(13), other("a"), udev(11), other("b")}, 0);
    EXPECT_EQ(s.release(0), "k11");
    EXPECT_EQ(s.release(50), "k13 a u11 b");
}

TEST(Sequencer, LetsNothingWaitForAHoleThatWasSeenAfterIt) {
    SequencerDriver s(after(10));
    s.push({other("a"), kernel(13)}, 0);
    EXPECT_EQ(s.release(0), "a");
}

TEST(Sequencer, LetsAKernelEventOvertakeOnlyWhereThatBringsItIntoOrder) {
    SequencerDriver s(after(10));
    s.push({kernel(12), other("a"), kernel(14), other("b"), kernel(13), kernel(11)}, 0);
    EXPECT_EQ(s.release(0), "k11 k12 a k13 k14 b");
}

TEST(Sequencer, KeepsOtherEventsBetweenTheKernelEventsAmongWhichTheyArrived) {
    SequencerDriver s(after(10));
    s.push({kernel(12), other("a"), kernel(13), other("b"), kernel(11)}, 0);
    EXPECT_EQ(s.release(0), "k11 k12 a k13 b");
}

TEST(Sequencer, KeepsTheOrderOfArrivalOfEventsWithoutSeqnum) {
    SequencerDriver s(after(10));
    s.push({other("c"), other("a"), other("b"), other("a")}, 0);
    EXPECT_EQ(s.release(0), "c a b a");
}

TEST(Sequencer, TreatsAKernelEventWithoutSeqnumAsOneOfAnotherSource) {
    SequencerDriver s(after(10));
    s.push({kernel(0), kernel(12), kernel(0), kernel(11), kernel(0)}, 0);
    EXPECT_EQ(s.release(0), "k0 k11 k12 k0 k0");
}

TEST(Sequencer, LetsNothingLeaveBetweenReleases) {
    SequencerDriver s(after(10));
    s.push({other("a"), kernel(12)}, 0);
    s.push({kernel(11), other("b")}, 60);
    EXPECT_EQ(s->waiting(), 4U);
    EXPECT_EQ(s.release(60), "a k11 k12 b");
}

TEST(Sequencer, FillsAHoleThatIsOverdueButWasNotYetClosed) {
    SequencerDriver s(after(10));
    s.push(kernel(12), 0);
    s.push(kernel(11), 70); // it lay unread in the socket when the deadline passed
    EXPECT_EQ(s.release(70), "k11 k12");
}

TEST(SequencerWithoutWait, ClosesAHoleAtOnce) {
    SequencerDriver s(after(10, 0));
    s.push(kernel(12), 0);
    EXPECT_EQ(s.release(0), "k12");
    EXPECT_EQ(s.deadline(), std::nullopt);
}

TEST(SequencerWithoutWait, HoldsNothingBackForANumberThatWasLeftOut) {
    SequencerDriver s(after(10, 0));
    s.push({kernel(12), other("a"), kernel(14)}, 0);
    EXPECT_EQ(s->statistics().holes, 0U);
    EXPECT_TRUE(s.release(-1) == "k12 a k14") << "whatever the clock says";
}

TEST(SequencerWithoutWait, StillSortsWhatArrivedTogether) {
    SequencerDriver s(after(10, 0));
    s.push({kernel(13), kernel(11), kernel(12)}, 0);
    EXPECT_EQ(s.release(0), "k11 k12 k13");
}

// The kernel gives an event to one socket after the other, and udevd may be quicker.
TEST(SequencerWithoutWait, WaitsForTheKernelEventOfOneOfUdevAllTheSame) {
    SequencerDriver s(after(10, 0));
    s.push(udev(11), 0);
    EXPECT_EQ(s.release(0), "");
    s.push(kernel(11), 5);
    EXPECT_EQ(s.release(5), "k11 u11");
    s.push(udev(12), 10);
    EXPECT_EQ(s.release(59), "");
    EXPECT_EQ(s.release(60), "u12");
}

} // namespace
} // namespace keventd::test
