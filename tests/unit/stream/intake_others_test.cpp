// Sources whose events have no SEQNUM: their place in a turn, their losses, and their ceiling.

#include "tests/unit/stream/intake_fixture.h"

#include <algorithm>
#include <array>
#include <gmock/gmock.h>
#include <unistd.h>

namespace keventd::test {
namespace {

using testing::ElementsAre;

Event ofLink(const char* action) {
    Event event;
    event.source = names::source::Link;
    event.action = action;
    return event;
}

/// Finds what it was told to find.
class ComparingSource final : public Source {
public:
    [[nodiscard]] const char* name() const override { return names::source::Link; }
    [[nodiscard]] int descriptor() const override { return source_.descriptor(); }
    [[nodiscard]] bool inherited() const override { return true; }
    void takeLanded(Arrivals& arrivals) override { source_.takeLanded(arrivals); }
    [[nodiscard]] Drained drain(Arrivals& arrivals, std::size_t budget) override {
        return source_.drain(arrivals, budget);
    }
    [[nodiscard]] bool openNext() override { return source_.openNext(); }
    [[nodiscard]] std::optional<int> nextDescriptor() const override { return source_.nextDescriptor(); }
    SocketPosition moveOn() override { return source_.moveOn(); }
    [[nodiscard]] bool willTellWhatIsMissing() const override { return isNumbered_; }
    [[nodiscard]] bool compare(Arrivals& arrivals) override {
        for (Event& event : std::exchange(differences_, {})) arrivals.add(std::move(event));
        return true;
    }
    [[nodiscard]] SourceStatus status() const override { return {}; }
    [[nodiscard]] SourceStatistics statistics() const override { return {}; }

    ScriptedSource source_{names::source::Link, true};
    std::vector<Event> differences_;
    bool isNumbered_ = false;
};

class IntakeOfOthers : public testing::Test {
protected:
    void begin(std::optional<std::uint64_t> gapAfter = {}, std::uint32_t ratePerSecond = 0) {
        linkDrops_.clear();
        intake_.emplace(loop_, sequencer_, seqnum_, memory_.waiting,
                        Intake::Input{&kernel_, &memory_.kernelDrops, {}},
                        std::vector<Intake::Input>{{&udev_, &memory_.udevDrops, {}}},
                        std::vector<Intake::Input>{{.source = &link_,
                                                    .told = &linkDrops_,
                                                    .gapAfter = gapAfter,
                                                    .ratePerSecond = ratePerSecond}});
        intake_->gather();
        intake_->start();
    }
    // As the loop does, until so many have left.
    void runUntilLeft(std::size_t count) {
        while (left_.size() < count) ASSERT_GT(sd_event_run(loop_.get(), 10'000'000), 0);
    }
    std::vector<std::string> words() {
        std::vector<std::string> words;
        for (const Event& event : left_) words.push_back(event.source + " " + event.action);
        return words;
    }

    EventLoop loop_;
    KernelSeqnum seqnum_;
    ScriptedSource kernel_{"kernel", true};
    ScriptedSource udev_{"udev", true};
    ComparingSource link_;
    std::vector<Event> left_;
    IntakeMemory memory_;
    alignas(8) std::array<std::byte, ToldDrops::bytes()> linkWords_{};
    ToldDrops linkDrops_{names::source::Link, linkWords_};
    Sequencer sequencer_{withoutAwaiting(after(10)), [this](Event& event) {
                             left_.push_back(event);
                             memory_.waiting.remove(event.id);
                         }};
    std::optional<Intake> intake_;
};

TEST_F(IntakeOfOthers, ComeBehindTheUeventsOfTheSameTurn) {
    begin();
    link_.source_.add({ofLink("add")});
    udev_.add({udev(11)});
    kernel_.add({kernel(11)});
    intake_->turn();
    EXPECT_THAT(words(), ElementsAre("kernel change", "udev change", "link add"));
    EXPECT_TRUE(memory_.waiting.leftOver().empty());
}

TEST_F(IntakeOfOthers, TellOfALossWithoutNumbersAndThenOfWhatDiffers) {
    begin();
    link_.source_.add({ofLink("up")}, {.empty = true, .lost = 3});
    intake_->turn();
    ASSERT_THAT(words(), ElementsAre("link up", "keventd overrun"));
    EXPECT_EQ(left_[1].properties.find(names::key::Count), "3");
    EXPECT_EQ(left_[1].properties.find(names::key::Source), "link");
    EXPECT_FALSE(left_[1].properties.find(names::key::SeqnumFrom));
    link_.differences_ = {ofLink("remove")};
    intake_->compare("link", 77);
    intake_->turn();
    ASSERT_THAT(words(), ElementsAre("link up", "keventd overrun", "link remove", "keventd resynced"));
    EXPECT_EQ(left_[3].properties.find(names::key::Count), "1");
    EXPECT_EQ(left_[3].properties.find(names::key::Overrun), "77");
}

TEST_F(IntakeOfOthers, TellOfALossThatNobodyCanCount) {
    begin();
    link_.source_.add({ofLink("up")}, {.unknownLoss = true});
    intake_->turn();
    ASSERT_THAT(words(), ElementsAre("link up", "keventd overrun"));
    EXPECT_FALSE(left_[1].properties.find(names::key::Count));
}

TEST_F(IntakeOfOthers, AreNotComparedForAnotherSource) {
    begin();
    intake_->compare("kernel", 77);
    intake_->compare("acpi", 78);
    intake_->turn();
    EXPECT_THAT(words(), ElementsAre());
}

TEST_F(IntakeOfOthers, TellThatNobodyHasListened) {
    begin(0);
    ASSERT_THAT(words(), ElementsAre("keventd overrun"));
    EXPECT_FALSE(left_[0].properties.find(names::key::Count));
}

// Its daemon was killed before it could say that this has been told.
TEST_F(IntakeOfOthers, TellThatOnce) {
    begin(0);
    Event told = left_.front();
    left_.clear();
    intake_.reset();
    linkDrops_.clear();
    intake_.emplace(loop_, sequencer_, seqnum_, memory_.waiting,
                    Intake::Input{&kernel_, &memory_.kernelDrops, {}},
                    std::vector<Intake::Input>{{&udev_, &memory_.udevDrops, {}}},
                    std::vector<Intake::Input>{{.source = &link_, .told = &linkDrops_, .gapAfter = 0}});
    memory_.waiting.add(told);
    intake_->takeUp(told);
    intake_->gather();
    intake_->start();
    EXPECT_THAT(words(), ElementsAre("keventd overrun"));
}

TEST_F(IntakeOfOthers, ThatTellWhatTheyMissedAreNotSaidToHaveMissedAnything) {
    link_.isNumbered_ = true;
    begin(0);
    EXPECT_THAT(words(), ElementsAre());
    link_.source_.addHole(2, {ofLink("up")});
    intake_->turn();
    ASSERT_THAT(words(), ElementsAre("keventd overrun", "link up"));
    EXPECT_EQ(left_[0].properties.find(names::key::Source), "link");
    EXPECT_EQ(left_[0].properties.find(names::key::Count), "2");
    EXPECT_TRUE(memory_.waiting.leftOver().empty());
}

constexpr Drained Failed{.failed = true};

TEST_F(IntakeOfOthers, ThatFailAreLeftAloneAndTheRestIsNot) {
    begin();
    link_.source_.add({ofLink("up")}, Failed);
    link_.source_.add({ofLink("down")});
    intake_->turn();
    kernel_.add({kernel(11)});
    intake_->turn();
    EXPECT_THAT(words(), ElementsAre("link up", "kernel change"));
    EXPECT_EQ(link_.source_.left(), 1U);
}

TEST_F(IntakeOfOthers, ThatFailGoOnWithAnotherDescriptorAndSayWhatTheyMayHaveMissed) {
    begin();
    link_.source_.add({ofLink("up")}, Failed);
    link_.source_.add({ofLink("down")});
    intake_->turn();
    const int before = link_.descriptor();
    runUntilLeft(3);
    EXPECT_THAT(words(), ElementsAre("link up", "keventd overrun", "link down"));
    EXPECT_FALSE(left_[1].properties.find(names::key::Count)) << "nobody knows";
    EXPECT_NE(link_.descriptor(), before);
    EXPECT_FALSE(linkDrops_.find(1, {}));
    EXPECT_EQ(linkDrops_.find(77, {}), 0U) << "of the new socket";

    const std::uint64_t one = 1;
    link_.source_.add({ofLink("up")});
    ASSERT_EQ(write(link_.descriptor(), &one, sizeof one), static_cast<ssize_t>(sizeof one));
    runUntilLeft(4); // it is the one that is polled
}

TEST_F(IntakeOfOthers, ThatCannotBeOpenedAreTriedAgain) {
    begin();
    link_.source_.failToOpen(1);
    link_.source_.add({}, Failed);
    link_.source_.add({ofLink("up")});
    intake_->turn();
    runUntilLeft(2);
    EXPECT_THAT(words(), ElementsAre("keventd overrun", "link up"));
}

TEST_F(IntakeOfOthers, AreHeldToTheirRateAndSaySo) {
    begin({}, 1);
    link_.source_.add({ofLink("up"), ofLink("down"), ofLink("up")});
    intake_->turn();
    EXPECT_THAT(words(), ElementsAre("link up"));
    EXPECT_TRUE(memory_.waiting.leftOver().empty());
    runUntilLeft(2);
    EXPECT_THAT(words(), ElementsAre("link up", "keventd limited"));
    EXPECT_EQ(left_[1].properties.find(names::key::Count), "2");
}

// There is something to read in each turn.
TEST_F(IntakeOfOthers, SayInAStormWhatIsHeldBackBeforeTheNextThatPasses) {
    begin({}, 20);
    const auto isPassed = [](const Event& event) { return event.source == names::source::Link; };
    const auto passed = [&] { return std::count_if(left_.begin(), left_.end(), isPassed); };
    std::uint64_t sent = 0;
    for (; passed() < 25; ++sent) {
        link_.source_.add({ofLink("up")});
        intake_->turn();
    }
    std::uint64_t told = 0;
    for (const Event& event : left_) {
        if (event.action == names::action::Limited)
            told += std::stoull(std::string(event.properties.find(names::key::Count).value()));
    }
    EXPECT_EQ(static_cast<std::uint64_t>(passed()) + told, sent) << "nothing is held back behind the last";
    EXPECT_EQ(left_.back().source, "link");
}

} // namespace
} // namespace keventd::test
