// Stragglers, repeats, and numbers from before the daemon.

#include "tests/unit/stream/sequencer_driver.h"

namespace keventd::test {
namespace {

TEST(SequencerLate, DeliversAStragglerAtOnceAndFlagsIt) {
    SequencerDriver s(after(10));
    s.push(kernel(12), 0);
    EXPECT_EQ(s.release(50), "k12");
    s.push(kernel(11), 51);
    EXPECT_EQ(s.release(51), "k11!");
    EXPECT_EQ(s.deadline(), std::nullopt);
}

TEST(SequencerLate, DeliversAStragglerWhileAnotherHoleIsOpen) {
    SequencerDriver s(after(10));
    s.push(kernel(12), 0);
    EXPECT_EQ(s.release(50), "k12");
    s.push({kernel(14), other("a"), kernel(11)}, 60);
    EXPECT_EQ(s.release(60), "k11!");
    EXPECT_EQ(s.release(110), "k14 a");
}

TEST(SequencerLate, DoesNotFlagTheEventsThatWaitedForTheStraggler) {
    SequencerDriver s(after(10));
    s.push({kernel(13), kernel(12)}, 0);
    EXPECT_EQ(s.release(50), "k12 k13");
}

TEST(SequencerLate, SortsStragglersThatArriveTogether) {
    SequencerDriver s(after(10));
    s.push(kernel(15), 0);
    EXPECT_EQ(s.release(50), "k15");
    s.push({kernel(13), kernel(11), kernel(14)}, 60);
    EXPECT_EQ(s.release(60), "k11! k13! k14!");
}

TEST(SequencerLate, DoesNotFlagEventsOfOtherSources) {
    SequencerDriver s(after(10));
    s.push({kernel(11), kernel(12), udev(12), udev(11)}, 0);
    EXPECT_EQ(s.release(0), "k11 k12 u12 u11");
}

TEST(SequencerOnce, DropsARepeatThatComesBeforeTheFirstCopyLeft) {
    SequencerDriver s(after(10));
    s.push({kernel(12), kernel(12), kernel(11), kernel(11)}, 0);
    EXPECT_EQ(s.release(0), "k11 k12");
    EXPECT_EQ(s->statistics().repeated, 2U);
}

TEST(SequencerOnce, DropsARepeatThatComesAfterTheFirstCopyLeft) {
    SequencerDriver s(after(10));
    s.push({kernel(11), kernel(12)}, 0);
    EXPECT_EQ(s.release(0), "k11 k12");
    s.push({kernel(11), kernel(12)}, 100);
    EXPECT_EQ(s.release(100), "");
    EXPECT_EQ(s->statistics().repeated, 2U);
}

TEST(SequencerOnce, DropsARepeatOfAStraggler) {
    SequencerDriver s(after(10));
    s.push(kernel(12), 0);
    EXPECT_EQ(s.release(50), "k12");
    s.push({kernel(11), kernel(11)}, 60);
    EXPECT_EQ(s.release(60), "k11!");
}

TEST(SequencerOnce, DropsARepeatOfAnEventFromBeforeTheStart) {
    SequencerDriver s(after(10));
    s.push({kernel(7), kernel(7), udev(7), udev(7)}, 0);
    EXPECT_EQ(s.release(0), "k7 u7");
}

TEST(SequencerOnce, TellsTheCopiesOfTheKernelAndOfUdevApart) {
    SequencerDriver s(after(10));
    s.push({kernel(11), udev(11), udev(11), kernel(11)}, 0);
    EXPECT_EQ(s.release(0), "k11 u11");
    EXPECT_EQ(s->statistics().repeated, 2U);
}

TEST(SequencerOnce, TakesNoEventWithoutSeqnumForARepeat) {
    SequencerDriver s(after(10));
    s.push({kernel(0), kernel(0), udev(0), udev(0), other("a"), other("a")}, 0);
    EXPECT_EQ(s.release(0), "k0 k0 u0 u0 a a");
}

TEST(SequencerOnce, DropsARepeatOfWhatItWasToldToRemember) {
    SequencerDriver s(after(10));
    for (const Event& event : {kernel(7), udev(7), kernel(8)}) s.remember(event);
    s.push({kernel(7), udev(7), kernel(8), udev(8), kernel(9)}, 0);
    EXPECT_EQ(s.release(0), "u8 k9");
    EXPECT_EQ(s->statistics().repeated, 3U);
}

TEST(SequencerOnce, RemembersNoEventWithoutSeqnum) {
    SequencerDriver s(after(10));
    for (const Event& event : {kernel(0), udev(0), other("a")}) s.remember(event);
    s.push({kernel(0), udev(0), other("a")}, 0);
    EXPECT_EQ(s.release(0), "k0 u0 a");
}

TEST(SequencerOnce, FlagsWhatIsLowerThanWhatItRemembers) {
    SequencerDriver s(after(10));
    for (const Event& event : {kernel(7), kernel(9)}) s.remember(event);
    s.push({kernel(8), kernel(10)}, 0);
    EXPECT_EQ(s.release(0), "k8! k10");
}

TEST(SequencerOnce, LetsUdevFollowAKernelEventThatItRemembers) {
    SequencerDriver s(after(10));
    s.remember(kernel(9));
    s.push(udev(9), 0);
    EXPECT_EQ(s.release(0), "u9");
}

TEST(SequencerOnce, TakesALossBeforeTheStartForWhatCameAfterThatWhichItRemembers) {
    SequencerDriver s(after(20));
    for (const Event& event : {kernel(3), kernel(7), kernel(8)}) s.remember(event);
    s.push(kernel(9), 0);
    EXPECT_EQ(s->lowestMissingInBacklog("kernel"), 10U);
}

TEST(SequencerStart, DoesNotWaitForNumbersUpToTheStart) {
    SequencerDriver s(after(10));
    s.push(kernel(5), 0);
    EXPECT_EQ(s.release(0), "k5");
    s.push(kernel(8), 1);
    EXPECT_EQ(s.release(1), "k8");
    EXPECT_EQ(s.deadline(), std::nullopt);
}

TEST(SequencerStart, SortsOldNumbersThatArriveBeforeOneRelease) {
    SequencerDriver s(after(10));
    s.push({kernel(9), kernel(4), other("a"), kernel(7)}, 0);
    EXPECT_EQ(s.release(0), "k4 k7 k9 a");
}

TEST(SequencerStart, SortsOldNumbersBeforeTheFirstNewOneThatArrivedBeforeThem) {
    SequencerDriver s(after(10));
    s.push({kernel(11), kernel(12), kernel(10)}, 0);
    EXPECT_EQ(s.release(0), "k10 k11 k12");
}

TEST(SequencerStart, FlagsAnOldNumberThatComesAfterAHigherOneLeft) {
    SequencerDriver s(after(10));
    s.push(kernel(9), 0);
    EXPECT_EQ(s.release(0), "k9");
    s.push(kernel(8), 1);
    EXPECT_EQ(s.release(1), "k8!");
}

TEST(SequencerStart, LetsAnOldNumberLeaveWhileAHoleIsOpen) {
    SequencerDriver s(after(10));
    s.push({kernel(12), kernel(6)}, 0);
    EXPECT_EQ(s.release(0), "k6");
}

TEST(SequencerStart, DoesNotLetUdevWaitForAnOldNumber) {
    SequencerDriver s(after(10));
    s.push(udev(9), 0);
    EXPECT_EQ(s.release(0), "u9");
}

TEST(SequencerStart, PutsAnOldEventOfUdevAfterItsKernelEventIfBothArriveTogether) {
    SequencerDriver s(after(10));
    s.push({udev(9), kernel(9)}, 0);
    EXPECT_EQ(s.release(0), "k9 u9");
}

} // namespace
} // namespace keventd::test
