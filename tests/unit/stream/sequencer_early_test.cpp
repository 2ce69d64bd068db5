// Early events, which the hotplug helper recorded: the kernel's own copy is the better one.

#include "keventd/names.h"
#include "tests/unit/stream/sequencer_driver.h"

namespace keventd::test {
namespace {

class SequencerEarly : public testing::Test {
protected:
    std::optional<std::uint64_t> push(Event event, std::uint64_t id, std::uint32_t flags = 0) {
        event.id = id;
        event.flags = flags;
        return sequencer_.push(std::move(event), moment(0));
    }

    std::vector<Event> left_;
    Sequencer sequencer_{after(100), [this](Event& event) { left_.push_back(event); }};
};

TEST_F(SequencerEarly, LeaveInOrderWithTheOthers) {
    push(kernel(5), 1, EventFlag::Early);
    push(kernel(3), 2, EventFlag::Early);
    push(kernel(4), 3, EventFlag::Queued);
    sequencer_.release(moment(0));
    ASSERT_EQ(left_.size(), 3U);
    for (std::size_t i = 0; i < left_.size(); ++i) EXPECT_EQ(left_[i].seqnum, 3 + i);
}

TEST_F(SequencerEarly, GiveTheirPlaceToTheKernelsOwn) {
    EXPECT_EQ(push(kernel(3), 1, EventFlag::Early), std::nullopt);
    EXPECT_EQ(push(kernel(3), 2, EventFlag::Queued), 1U) << "which is the one that does not stay";
    sequencer_.release(moment(0));
    ASSERT_EQ(left_.size(), 1U);
    EXPECT_EQ(left_[0].id, 2U);
    EXPECT_EQ(left_[0].flags, EventFlag::Queued);
    EXPECT_EQ(sequencer_.statistics().repeated, 1U);
}

TEST_F(SequencerEarly, DoNotTakeThePlaceOfTheKernelsOwnNorOfEachOther) {
    EXPECT_EQ(push(kernel(3), 1, EventFlag::Queued), std::nullopt);
    EXPECT_EQ(push(kernel(3), 2, EventFlag::Early), 2U);
    EXPECT_EQ(push(kernel(4), 3, EventFlag::Early), std::nullopt);
    EXPECT_EQ(push(kernel(4), 4, EventFlag::Early), 4U);
    sequencer_.release(moment(0));
    ASSERT_EQ(left_.size(), 2U);
    EXPECT_EQ(left_[0].flags, EventFlag::Queued);
    EXPECT_EQ(left_[1].id, 3U);
}

TEST_F(SequencerEarly, StayWhenTheyHaveLeft) {
    push(kernel(3), 1, EventFlag::Early);
    sequencer_.release(moment(0));
    EXPECT_EQ(push(kernel(3), 2, EventFlag::Queued), 2U);
    sequencer_.release(moment(0));
    EXPECT_EQ(left_.size(), 1U);
}

TEST_F(SequencerEarly, LeaveWithoutThoseOfTheSocket) {
    push(kernel(3), 1, EventFlag::Early);
    push(other("a"), 2);
    push(kernel(4), 3, EventFlag::Early);
    push(kernel(6), 4, EventFlag::Queued);
    push(other("b"), 5);
    std::vector<std::uint64_t> waiting;
    sequencer_.visitWaiting([&](const Event& event) { waiting.push_back(event.seqnum); });
    EXPECT_EQ(waiting, (std::vector<std::uint64_t>{3, 4, 6}));

    sequencer_.releaseBelow(6);
    ASSERT_EQ(left_.size(), 3U);
    EXPECT_EQ(left_[0].id, 1U);
    EXPECT_EQ(left_[1].id, 2U) << "which stands behind the first";
    EXPECT_EQ(left_[2].id, 3U);
    EXPECT_EQ(sequencer_.waiting(), 2U);
    sequencer_.release(moment(0));
    EXPECT_EQ(left_.size(), 5U);
}

} // namespace
} // namespace keventd::test
