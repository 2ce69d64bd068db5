// Who is read when, and what is said of a loss.

#include "daemon/sources/property_number.h"
#include "tests/unit/stream/intake_fixture.h"

#include <algorithm>

namespace keventd::test {
namespace {

TEST_F(IntakeTest, SequencesWhatTheKernelSocketHeldBeforeWhatWasReadFromUdev) {
    start();
    udev_.add({udev(11)});
    kernel_.add({kernel(11)});
    intake_.turn();
    EXPECT_EQ(words(), "k11 u11");
}

// The socket may be empty by then, and wake nobody.
TEST_F(IntakeTest, ReadsOnByItselfWhenAReadingEndedBeforeTheSocketWasEmpty) {
    start();
    kernel_.add({kernel(11)}, MoreToRead);
    kernel_.add({});
    intake_.turn();
    EXPECT_EQ(kernel_.left(), 1U);
    runOneTurnOfTheLoop();
    EXPECT_EQ(kernel_.left(), 0U);
}

// Its socket may have told its loss by an error that has been taken off it, and tell nothing any more.
TEST_F(IntakeTest, ReadsUdevByItselfWhenItWasLeftAlone) {
    start();
    kernel_.add({kernel(11)}, MoreToRead);
    kernel_.add({});
    intake_.turn();
    udev_.add({udev(11)});
    intake_.turn();
    EXPECT_EQ(udev_.left(), 1U);
    runOneTurnOfTheLoop();
    EXPECT_EQ(words(), "k11 u11");
}

TEST_F(IntakeTest, LeavesUdevAloneWhileTheKernelSocketIsNotReadToItsEnd) {
    start();
    kernel_.add({kernel(11)}, MoreToRead);
    kernel_.add({kernel(12)}, MoreToRead);
    kernel_.add({kernel(13)});
    intake_.turn();
    udev_.add({udev(13)});
    intake_.turn();
    EXPECT_EQ(udev_.left(), 1U);
    intake_.turn();
    EXPECT_EQ(udev_.left(), 1U) << "it was read before the kernel's, which was not known to end";
    intake_.turn();
    EXPECT_EQ(words(), "k11 k12 k13 u13");
}

class IntakeInAnEndlessStorm : public IntakeTest {
protected:
    void turnWith(std::uint64_t seqnum) {
        kernel_.add({kernel(seqnum)}, MoreToRead);
        intake_.turn();
    }
    // Until the other sources are read.
    void turnAlone() {
        start();
        turnWith(11);
        udev_.add({udev(11)});
        for (int turns = 1; turns < Intake::MaxTurnsAlone; ++turns) turnWith(++last_);
        EXPECT_EQ(udev_.left(), 1U);
        turnWith(++last_);
        EXPECT_EQ(udev_.left(), 0U);
        EXPECT_EQ(sequencer_.waitingOthers(), 0U) << "what has caused it may lie unread";
        left_.clear();
    }

    std::uint64_t last_ = 11;
};

TEST_F(IntakeInAnEndlessStorm, HoldsWhatIsReadFromUdevUntilItsCausesHaveBeenRead) {
    turnAlone();
    const std::uint64_t newest = seqnum_.read();
    turnWith(newest - 1);
    EXPECT_EQ(sequencer_.waitingOthers(), 0U);
    turnWith(newest);
    EXPECT_EQ(sequencer_.waitingOthers(), 1U);
}

TEST_F(IntakeInAnEndlessStorm, HoldsWhatIsReadFromUdevNotLongerThanThereAreCausesToBeRead) {
    turnAlone();
    kernel_.add({kernel(++last_)});
    intake_.turn();
    EXPECT_EQ(words(), "k" + std::to_string(last_) + " u11");
}

TEST_F(IntakeInAnEndlessStorm, TellsALossOfUdevFromWhereItWasSeen) {
    start();
    turnWith(11);
    udev_.add({udev(11)}, {.empty = true, .lost = 3});
    for (int turns = 0; turns < Intake::MaxTurnsAlone; ++turns) turnWith(++last_);
    kernel_.add({kernel(++last_)});
    intake_.turn();
    const auto overrun = std::find_if(left_.begin(), left_.end(), [](const Event& event) {
        return event.action == names::action::Overrun;
    });
    ASSERT_NE(overrun, left_.end());
    EXPECT_EQ(overrun->properties.find(names::key::Count), "3");
    EXPECT_EQ(overrun->properties.find(names::key::SeqnumFrom), "11") << "its own may be among them";
}

class IntakeWithAShortWait : public IntakeTest {
protected:
    IntakeWithAShortWait() : IntakeTest(false, after(10, 1)) {}

    static void passMilliseconds(int count) {
        const auto end = Sequencer::Clock::now() + std::chrono::milliseconds(count);
        while (Sequencer::Clock::now() < end) {
        }
    }
};

// Its event may lie there, however long ago the deadline was.
TEST_F(IntakeWithAShortWait, ClosesNoHoleWhileTheKernelSocketIsNotReadToItsEnd) {
    start();
    kernel_.add({kernel(12)});
    intake_.turn();
    passMilliseconds(2);
    kernel_.add({kernel(13)}, MoreToRead);
    intake_.turn();
    EXPECT_EQ(words(), "");
    kernel_.add({kernel(11)});
    intake_.turn();
    EXPECT_EQ(words(), "k11 k12 k13");
}

TEST_F(IntakeWithAShortWait, ClosesAHoleOfItselfWhenItsTimeIsOver) {
    start();
    kernel_.add({kernel(12)});
    intake_.turn();
    for (int turns = 0; turns < 100'000 && left_.empty(); ++turns) runOneTurnOfTheLoop();
    EXPECT_EQ(words(), "k12");
}

TEST_F(IntakeOfABacklog, ReadsAllOfItAtTheStart) {
    kernel_.add({kernel(5), kernel(3)}, MoreToRead);
    kernel_.add({kernel(4), kernel(2)});
    udev_.add({udev(2)}, MoreToRead);
    udev_.add({udev(5)});
    start();
    EXPECT_EQ(words(), "k2 k3 k4 k5 u2 u5");
}

TEST_F(IntakeOfABacklog, FlagsWhatWaitedAndNothingElse) {
    kernel_.add({kernel(5), kernel(1'000'001)});
    udev_.add({udev(5)});
    start();
    kernel_.add({kernel(6)}); // assigned before the start, and sent after it
    intake_.turn();
    const auto isQueued = [](const Event& event) { return (event.flags & EventFlag::Queued) != 0; };
    ASSERT_EQ(left_.size(), 4U);
    EXPECT_TRUE(isQueued(left_[0]));
    EXPECT_FALSE(isQueued(left_[1])) << "assigned after the start";
    EXPECT_TRUE(isQueued(left_[2]));
    EXPECT_FALSE(isQueued(left_[3])) << "the socket had been empty";
}

TEST_F(IntakeOfABacklog, SortsALongOneWithinTheLastThousands) {
    std::vector<Event> many;
    for (std::uint64_t n = 2; n <= 100'000; ++n) {
        if (n != 50'000) many.push_back(kernel(n));
        if (n == 55'000) many.push_back(kernel(50'000)); // 5,000 places late
    }
    for (std::size_t at = 0; at < many.size(); at += Intake::Budget) {
        const auto end = std::min(many.size(), at + Intake::Budget);
        kernel_.add(
            {many.begin() + static_cast<std::ptrdiff_t>(at), many.begin() + static_cast<std::ptrdiff_t>(end)},
            MoreToRead);
    }
    start();
    EXPECT_EQ(left_.size(), many.size());
    EXPECT_TRUE(std::is_sorted(left_.begin(), left_.end(),
                               [](const Event& a, const Event& b) { return a.seqnum < b.seqnum; }));
    EXPECT_EQ(sequencer_.statistics().late, 0U);
}

class IntakeLoss : public IntakeTest {
protected:
    IntakeLoss() : IntakeTest(false, closingHolesEarly()) {}

    static Sequencer::Options closingHolesEarly() {
        Sequencer::Options options = after(10);
        options.maxWaiting = 3;
        return options;
    }

    /// @return the overrun that has left
    [[nodiscard]] const Event& overrun() const {
        const auto found = std::find_if(left_.begin(), left_.end(), [](const Event& event) {
            return event.action == names::action::Overrun;
        });
        return found == left_.end() ? none_ : *found;
    }

private:
    Event none_;
};

TEST_F(IntakeLoss, StandsBehindWhatWasReadBeforeIt) {
    start();
    kernel_.add({kernel(11), kernel(12)}, {.empty = true, .lost = 7});
    kernel_.add({kernel(13)});
    intake_.turn();
    intake_.turn();
    EXPECT_EQ(words(), "k11 k12 overrun k13");
}

TEST_F(IntakeLoss, IsToldWithItsSourceItsCountAndItsRange) {
    start();
    kernel_.add({kernel(11), kernel(12)}, {.empty = true, .lost = 7});
    intake_.turn();
    EXPECT_EQ(overrun().properties.find(names::key::Source), "kernel");
    EXPECT_EQ(overrun().properties.find(names::key::Count), "7");
    EXPECT_EQ(overrun().properties.find(names::key::SeqnumFrom), "13");
    EXPECT_GE(numberOf<std::uint64_t>(overrun().properties, names::key::SeqnumTo), 13U);
    EXPECT_LE(numberOf<std::uint64_t>(overrun().properties, names::key::SeqnumTo), seqnum_.read());
}

TEST_F(IntakeLoss, BeginsWhereItWasFirstSeenThoughItsHoleWasClosedBeforeItIsTold) {
    start();
    kernel_.add({kernel(11), kernel(20), kernel(21)}, {.empty = false, .lost = 0, .lossPending = true});
    kernel_.add({kernel(22), kernel(23), kernel(24)}, {.empty = true, .lost = 8});
    intake_.turn();
    intake_.turn();
    EXPECT_EQ(overrun().properties.find(names::key::SeqnumFrom), "12");
    EXPECT_EQ(words(), "k11 k20 k21 k22 k23 k24 overrun");
}

TEST_F(IntakeLoss, TellsTheNextOneWithARangeOfItsOwn) {
    start();
    kernel_.add({kernel(11)}, {.empty = false, .lost = 1, .lossPending = true});
    kernel_.add({kernel(13)}, {.empty = true, .lost = 2});
    intake_.turn();
    EXPECT_EQ(overrun().properties.find(names::key::SeqnumFrom), "12");
    left_.clear();
    intake_.turn();
    sequencer_.release(Sequencer::Clock::now() + std::chrono::hours(1)); // it waits behind the hole 12
    EXPECT_EQ(overrun().properties.find(names::key::SeqnumFrom), "12") << "12 may be of this one as well";
}

TEST_F(IntakeLoss, OfASourceThatFailedGoesFromWhatItHasNotReadToTheNewest) {
    start();
    kernel_.add({kernel(11)}, {.failed = true});
    intake_.turn();
    while (overrun().action.empty()) ASSERT_GT(sd_event_run(loop_.get(), 10'000'000), 0);
    EXPECT_EQ(overrun().properties.find(names::key::SeqnumFrom), "12");
    EXPECT_GE(numberOf<std::uint64_t>(overrun().properties, names::key::SeqnumTo), 13U);
    EXPECT_LE(numberOf<std::uint64_t>(overrun().properties, names::key::SeqnumTo), seqnum_.read());
    EXPECT_FALSE(overrun().properties.find(names::key::Count)) << "nobody knows";
    left_.clear();
    kernel_.add({kernel(12), kernel(13)});
    intake_.turn();
    EXPECT_EQ(words(), "k12 k13");
}

class IntakeLossAtTheEnd : public IntakeTest {
protected:
    IntakeLossAtTheEnd() : IntakeTest(false, after(~std::uint64_t{0} - 5)) {}
};

TEST_F(IntakeLossAtTheEnd, HasARangeThatDoesNotBeginBehindItsEnd) {
    kernel_.add({}, {.empty = true, .lost = 1});
    start();
    ASSERT_EQ(left_.size(), 1U);
    EXPECT_EQ(left_[0].properties.find(names::key::SeqnumFrom),
              left_[0].properties.find(names::key::SeqnumTo));
}

class IntakeLog : public IntakeTest {
protected:
    /// @return SEQNUMs of what the next daemon would find
    [[nodiscard]] std::vector<std::uint64_t> found() const {
        std::vector<std::uint64_t> seqnums;
        for (const Event& event : memory_.waiting.leftOver()) seqnums.push_back(event.seqnum);
        return seqnums;
    }
    using Numbers = std::vector<std::uint64_t>;
};

TEST_F(IntakeLog, HasWhatWaitsAndNothingElse) {
    start();
    kernel_.add({kernel(12), kernel(13)});
    intake_.turn();
    EXPECT_EQ(found(), (Numbers{12, 13}));
    kernel_.add({kernel(11)});
    intake_.turn();
    EXPECT_EQ(words(), "k11 k12 k13");
    EXPECT_EQ(found(), Numbers());
}

TEST_F(IntakeLog, DoesNotKeepRepeats) {
    start();
    kernel_.add({kernel(11), kernel(11)});
    intake_.turn();
    EXPECT_EQ(words(), "k11");
    EXPECT_EQ(found(), Numbers());
}

TEST_F(IntakeLog, CountsALossThatIsTold) {
    start();
    memory_.kernelDrops.begin(4711, 0, 0);
    kernel_.add({kernel(12)}, {.empty = true, .lost = 7});
    intake_.turn();
    EXPECT_EQ(found(), (Numbers{12, 0})) << "the overrun waits behind it";
    EXPECT_EQ(memory_.kernelDrops.find(4711, memory_.waiting.leftOver()), 7U);
}

} // namespace
} // namespace keventd::test
