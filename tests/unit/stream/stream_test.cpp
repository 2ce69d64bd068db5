// From the sequencer into the history.

#include "daemon/stream/stream.h"

#include "tests/unit/stream/history_memory.h"
#include "tests/unit/stream/sequencer_driver.h"
#include "tests/unit/support/sysfs_tree.h"

namespace keventd::test {
namespace {

class StreamTest : public testing::Test {
protected:
    SysfsTree tree_;
    Sysfs sysfs_{tree_.root()};
    DeviceTable devices_{sysfs_};
    UdevTable udevDevices_;
    HistoryMemory memory_{History::MinBytes};
    History history_{memory_.span()};
    Stream stream_{"0123456789abcdef0123456789abcdef", after(10), history_, devices_, udevDevices_};

    void push(std::initializer_list<Event> events) {
        for (const Event& event : events) stream_.sequencer().push(event, moment(0));
        stream_.sequencer().release(moment(0));
    }
};

TEST_F(StreamTest, KnowsItsId) {
    EXPECT_EQ(stream_.id(), "0123456789abcdef0123456789abcdef");
}

TEST_F(StreamTest, NumbersEventsAsTheyLeaveAndNotAsTheyCome) {
    push({kernel(12), kernel(11)});
    ASSERT_EQ(stream_.history().nextId(), 3U);
    EXPECT_EQ(stream_.history().at(1).seqnum, 11U);
    EXPECT_EQ(stream_.history().at(2).seqnum, 12U);
}

TEST_F(StreamTest, KeepsNothingThatStillWaits) {
    push({kernel(12)});
    EXPECT_EQ(stream_.history().nextId(), 1U);
}

TEST_F(StreamTest, CountsWhatItPublishesAndWhatIsLate) {
    push({kernel(11)});
    push({kernel(7), kernel(11), udev(7)});
    EXPECT_EQ(stream_.published().of("kernel").published, 2U) << "a repeat is not published";
    EXPECT_EQ(stream_.published().of("kernel").late, 1U);
    EXPECT_EQ(stream_.published().of("udev").published, 1U);
}

TEST_F(StreamTest, EscapesWhatItKeeps) {
    push({other("\x1b[2J")});
    EXPECT_STREQ(stream_.history().at(1).object, "\\x1b[2J");
    EXPECT_EQ(stream_.history().at(1).flags, EventFlag::Escaped);
}

TEST_F(StreamTest, KeepsTheLateFlag) {
    push({kernel(11)});
    push({kernel(7)});
    EXPECT_EQ(stream_.history().at(2).seqnum, 7U);
    EXPECT_EQ(stream_.history().at(2).flags, EventFlag::Late);
}

TEST_F(StreamTest, KeepsDevicesInStepWithWhatHasLeft) {
    Event added = kernel(12);
    added.action = "add";
    added.object = "/devices/virtual/net/\xff";
    push({added});
    EXPECT_TRUE(stream_.devices().devices().empty());
    push({kernel(11)});
    EXPECT_TRUE(stream_.devices().devices().contains("/devices/virtual/net/\xff"));
}

TEST_F(StreamTest, DoesNotTakeAgainWhatStandsInTheHistoryAlready) {
    push({kernel(11), udev(11), other("a")});
    Stream next("0123456789abcdef0123456789abcdef", after(12), history_, devices_, udevDevices_);
    for (const Event& event : {kernel(11), udev(11), kernel(12)}) next.sequencer().push(event, moment(0));
    next.sequencer().release(moment(0));
    ASSERT_EQ(history_.nextId(), 5U);
    EXPECT_EQ(history_.at(4).seqnum, 12U);
    EXPECT_EQ(next.sequencer().statistics().repeated, 2U);
}

} // namespace
} // namespace keventd::test
