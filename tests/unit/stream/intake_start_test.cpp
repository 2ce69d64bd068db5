// What is taken up at the start, in which order, and what is told of the time in which nobody listened.

#include "tests/unit/stream/intake_fixture.h"

#include <chrono>

namespace keventd::test {
namespace {

class IntakeAfterAKill : public IntakeOfABacklog {};

TEST_F(IntakeAfterAKill, TakesUpWhatWasReadAndWhatHadLandedAndWhatWaited) {
    for (const std::uint64_t seqnum : {3U, 5U}) {
        Event event = kernel(seqnum);
        memory_.waiting.add(event);
        intake_.takeUp(std::move(event));
    }
    kernel_.land({kernel(5), kernel(4)});
    udev_.land({udev(3)});
    kernel_.add({kernel(6), kernel(2)});
    udev_.add({udev(3), udev(2)});
    start();
    EXPECT_EQ(words(), "k2 k3 k4 k5 u3 k6 u2");
    EXPECT_TRUE(memory_.waiting.leftOver().empty());
}

TEST_F(IntakeAfterAKill, FlagsWhatHadLandedAsQueued) {
    kernel_.land({kernel(5)});
    start();
    ASSERT_EQ(left_.size(), 1U);
    EXPECT_EQ(left_[0].flags, EventFlag::Queued);
}

// What the hotplug helper recorded, is in no log yet, and is sorted together with what has waited.
class IntakeOfEarlyEvents : public IntakeOfABacklog {
protected:
    static Event early(std::uint64_t seqnum) {
        Event event = kernel(seqnum);
        event.flags = EventFlag::Early;
        return event;
    }
};

TEST_F(IntakeOfEarlyEvents, LeaveInOrderWithTheBacklog) {
    intake_.takeUp({.events = {early(2), early(5), early(7)}, .losses = {}});
    EXPECT_EQ(memory_.waiting.leftOver().size(), 3U) << "before their spool is removed";
    kernel_.add({kernel(6), kernel(3)});
    udev_.add({udev(5)});
    start();
    EXPECT_EQ(words(), "k2 k3 k5 k6 k7 u5");
    EXPECT_TRUE(memory_.waiting.leftOver().empty());
}

TEST_F(IntakeOfEarlyEvents, GiveTheirPlaceToTheKernelsOwnInTheLogToo) {
    intake_.takeUp({.events = {early(2), early(3)}, .losses = {}});
    kernel_.add({kernel(3), kernel(4)});
    start();
    ASSERT_EQ(left_.size(), 3U);
    EXPECT_EQ(left_[0].flags, EventFlag::Early);
    EXPECT_EQ(left_[1].flags, EventFlag::Queued);
    EXPECT_EQ(left_[2].flags, EventFlag::Queued);
    EXPECT_TRUE(memory_.waiting.leftOver().empty());
}

TEST_F(IntakeOfEarlyEvents, AreFollowedByAnOverrunForEachLoss) {
    using std::chrono::microseconds;
    intake_.takeUp(
        {.events = {early(2), early(3)}, .losses = {{7, microseconds(1000)}, {8, microseconds(2000)}}});
    kernel_.add({kernel(4)});
    start();
    ASSERT_EQ(left_.size(), 5U);
    EXPECT_EQ(left_[1].seqnum, 3U);
    for (const std::size_t place : {2U, 3U}) {
        const PropertyList& said = left_[place].properties;
        EXPECT_EQ(left_[place].action, names::action::Overrun);
        EXPECT_EQ(said.find(names::key::Source), "kernel");
        EXPECT_EQ(said.find(names::key::Count), place == 2 ? "7" : "8");
        EXPECT_EQ(said.find(names::key::SeqnumFrom), "1");
        EXPECT_EQ(said.find(names::key::SeqnumTo), "1000000");
        EXPECT_EQ(left_[place].boottime, microseconds(place == 2 ? 1000 : 2000));
    }
}

class IntakeAfterAGap : public IntakeTest {
protected:
    IntakeAfterAGap() : IntakeTest(false, after(10), 4) {}
};

TEST_F(IntakeAfterAGap, TellsOfItBehindWhatTheDaemonBeforeHadRead) {
    sequencer_.remember("kernel", 5);
    Event read = kernel(7);
    memory_.waiting.add(read);
    intake_.takeUp(std::move(read));
    kernel_.add({kernel(11)});
    start();
    ASSERT_EQ(left_.size(), 4U);
    EXPECT_EQ(left_[0].seqnum, 7U);
    for (const std::size_t place : {1U, 3U}) {
        EXPECT_EQ(left_[place].action, names::action::Overrun);
        EXPECT_EQ(left_[place].properties.find(names::key::Source), place == 1 ? "kernel" : "udev");
        EXPECT_FALSE(left_[place].properties.find(names::key::Count)) << "nobody knows";
        EXPECT_EQ(left_[place].properties.find(names::key::SeqnumFrom), place == 1 ? "6" : "5");
        EXPECT_EQ(left_[place].properties.find(names::key::SeqnumTo), "10");
    }
    EXPECT_EQ(left_[2].seqnum, 11U) << "udev's socket is read when the kernel's has been";
}

TEST_F(IntakeAfterAGap, TellsOfItUpToWhatTheSocketBeginsWith) {
    sequencer_.remember("kernel", 5);
    kernel_.add({kernel(9), kernel(8), kernel(10)});
    start();
    ASSERT_EQ(left_.front().action, names::action::Overrun);
    EXPECT_EQ(left_.front().properties.find(names::key::SeqnumFrom), "6");
    EXPECT_EQ(left_.front().properties.find(names::key::SeqnumTo), "7");
}

// Of a daemon that was killed before it could say that it had told it.
TEST_F(IntakeAfterAGap, TellsOfItOnce) {
    sequencer_.remember("kernel", 5);
    for (const char* source : {"kernel", "udev"}) {
        Event gap;
        gap.source = names::source::Keventd;
        gap.action = names::action::Overrun;
        gap.properties.set(names::key::Source, source);
        gap.properties.set(names::key::SeqnumFrom, "6");
        gap.properties.set(names::key::SeqnumTo, "10");
        intake_.takeUp(std::move(gap));
    }
    start();
    EXPECT_EQ(words(), "overrun overrun");
}

// As one that was opened while the daemon before still read from its own.
TEST_F(IntakeAfterAGap, TellsOfNoneWhereTheSocketBeginsWithWhatIsKnown) {
    for (const std::uint64_t seqnum : {5U, 6U}) {
        sequencer_.remember("kernel", seqnum);
        sequencer_.remember("udev", seqnum);
    }
    kernel_.add({kernel(6), kernel(9)});
    udev_.add({udev(5), udev(6), udev(9)});
    start();
    EXPECT_EQ(words(), "k9 u9");
}

// Nothing is known but when the daemon before has begun.
TEST_F(IntakeAfterAGap, TellsOfItBehindTheStartOfTheDaemonBeforeWhereTheHistoryIsEmpty) {
    start();
    ASSERT_EQ(left_.size(), 2U);
    EXPECT_EQ(left_[0].properties.find(names::key::SeqnumFrom), "5");
    EXPECT_EQ(left_[0].properties.find(names::key::SeqnumTo), "10");
}

TEST_F(IntakeAfterAGap, TellsOfNoneWhereTheKernelHasSentNothing) {
    for (std::uint64_t seqnum = 8; seqnum <= 10; ++seqnum) {
        sequencer_.remember("kernel", seqnum);
        sequencer_.remember("udev", seqnum);
    }
    start();
    EXPECT_EQ(words(), "");
}

class IntakeAfterAHandOver : public IntakeTest {
protected:
    IntakeAfterAHandOver() : IntakeTest(true, after(10), 4) {}
};

// The daemon before has read to the end, and nothing has come since: nor has anything of udev's.
TEST_F(IntakeAfterAHandOver, TellsOfNoGapOfUdevWhereTheKernelHasNone) {
    for (std::uint64_t seqnum = 5; seqnum <= 10; ++seqnum) sequencer_.remember("kernel", seqnum);
    udev_.add({udev(10)});
    start();
    EXPECT_EQ(words(), "u10");
}

TEST_F(IntakeAfterAHandOver, TellsOfAGapOfUdevWhereTheKernelHasOne) {
    for (std::uint64_t seqnum = 5; seqnum <= 8; ++seqnum) sequencer_.remember("kernel", seqnum);
    udev_.add({udev(10)});
    start();
    EXPECT_EQ(words(), "overrun overrun u10");
}

} // namespace
} // namespace keventd::test
