// Who is read when, and what is said of a loss: with sources that say what the test has put into them.

#include "daemon/stream/intake.h"

#include "keventd/names.h"
#include "tests/unit/stream/intake_memory.h"
#include "tests/unit/stream/sequencer_driver.h"

#include <algorithm>
#include <deque>
#include <sys/eventfd.h>

namespace keventd::test {
namespace {

/// Gives one prepared reading after the other, and is empty in the end.
class ScriptedSource final : public Source {
public:
    struct Step {
        std::vector<Event> events;
        Drained drained;
    };

    ScriptedSource(const char* name, bool inherited)
        : name_(name), inherited_(inherited), fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

    void add(std::vector<Event> events, const Drained& drained = {}) {
        steps_.push_back({std::move(events), drained});
    }
    /// For an earlier daemon.
    void land(std::vector<Event> events) { landed_ = std::move(events); }
    [[nodiscard]] std::size_t left() const { return steps_.size(); }

    [[nodiscard]] const char* name() const override { return name_; }
    [[nodiscard]] int descriptor() const override { return fd_.get(); }
    [[nodiscard]] bool inherited() const override { return inherited_; }
    void takeLanded(Arrivals& arrivals) override {
        for (Event& event : std::exchange(landed_, {})) arrivals.add(std::move(event));
    }
    [[nodiscard]] Drained drain(Arrivals& arrivals, std::size_t) override {
        if (steps_.empty()) return {};
        Step step = std::move(steps_.front());
        steps_.pop_front();
        for (Event& event : step.events) arrivals.add(std::move(event));
        return step.drained;
    }
    [[nodiscard]] SourceStatus status() const override { return {}; }
    [[nodiscard]] SourceStatistics statistics() const override { return {}; }

private:
    const char* name_;
    bool inherited_;
    UniqueFd fd_;
    std::deque<Step> steps_;
    std::vector<Event> landed_;
};

constexpr Drained MoreToRead{.empty = false};

// The kernel's own counter is far ahead of the numbers here.
Sequencer::Options withoutAwaiting(Sequencer::Options options) {
    options.announcedWait = {};
    return options;
}

class IntakeTest : public testing::Test {
protected:
    explicit IntakeTest(bool inherited = false, const Sequencer::Options& options = after(10),
                        std::optional<std::uint64_t> gapAfter = {})
        : kernel_("kernel", inherited), udev_("udev", inherited),
          sequencer_(withoutAwaiting(options),
                     [this](Event& event) {
                         left_.push_back(event);
                         memory_.waiting.remove(event.id);
                     }),
          intake_(loop_, sequencer_, seqnum_, memory_.waiting, {&kernel_, &memory_.kernelDrops, gapAfter},
                  {{&udev_, &memory_.udevDrops, gapAfter}}) {}

    void start() {
        intake_.gather();
        intake_.start();
    }
    /// @return what has left since it was last asked
    std::string words() {
        std::string words;
        for (const Event& event : std::exchange(left_, {})) {
            words += (words.empty() ? "" : " ") + (event.source == "keventd" ? event.action : wordFor(event));
        }
        return words;
    }
    void runOneTurnOfTheLoop() { sd_event_run(loop_.get(), 1000); }

    EventLoop loop_;
    KernelSeqnum seqnum_;
    ScriptedSource kernel_;
    ScriptedSource udev_;
    std::vector<Event> left_;
    IntakeMemory memory_;
    Sequencer sequencer_;
    Intake intake_;
};

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

class IntakeOfABacklog : public IntakeTest {
protected:
    IntakeOfABacklog() : IntakeTest(true, after(1'000'000)) {}
};

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
    EXPECT_LE(overrun().properties.find(names::key::SeqnumTo), std::to_string(seqnum_.read()));
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

} // namespace
} // namespace keventd::test
