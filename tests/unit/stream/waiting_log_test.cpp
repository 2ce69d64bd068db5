// The events that wait: what the next daemon finds of them.

#include "daemon/stream/waiting_log.h"

#include "tests/unit/stream/intake_memory.h"
#include "tests/unit/support/events.h"

#include <algorithm>

namespace keventd::test {
namespace {

class WaitingLogTest : public testing::Test {
protected:
    /// @return its number
    std::uint64_t add(Event event) {
        log_.add(event);
        return event.id;
    }
    /// @return SEQNUMs of what the next daemon finds
    [[nodiscard]] std::vector<std::uint64_t> found() const {
        std::vector<std::uint64_t> seqnums;
        for (const Event& event : WaitingLog(memory_.reopened()).leftOver()) seqnums.push_back(event.seqnum);
        return seqnums;
    }
    using Numbers = std::vector<std::uint64_t>;

    LogMemory memory_;
    WaitingLog log_{memory_.empty()};
};

TEST_F(WaitingLogTest, HasNothingAtFirst) {
    EXPECT_EQ(log_.lastNumber(), 0U);
    EXPECT_EQ(found(), Numbers());
}

TEST_F(WaitingLogTest, GivesEachEventANumberOfItsOwn) {
    EXPECT_EQ(add(kernel(7)), 1U);
    EXPECT_EQ(add(kernel(8)), 2U);
    EXPECT_EQ(log_.lastNumber(), 2U);
}

TEST_F(WaitingLogTest, LeavesEventsAsTheyWereForTheNextDaemon) {
    add(fullEvent());
    const std::vector<Event> left = WaitingLog(memory_.reopened()).leftOver();
    ASSERT_EQ(left.size(), 1U);
    EXPECT_TRUE(isSameButForId(left[0], fullEvent()));
    EXPECT_EQ(left[0].id, 1U);
}

TEST_F(WaitingLogTest, BeginsAnewWhenAllHaveLeft) {
    const std::uint64_t first = add(kernel(7));
    const std::uint64_t second = add(kernel(8));
    log_.remove(second);
    EXPECT_EQ(found(), Numbers{7});
    log_.remove(first);
    EXPECT_EQ(found(), Numbers());
    EXPECT_EQ(add(kernel(9)), 3U);
    EXPECT_EQ(found(), Numbers{9});
}

TEST_F(WaitingLogTest, IsNotChangedByNumbersThatItDoesNotHave) {
    const std::uint64_t first = add(kernel(7));
    add(kernel(8));
    for (const std::uint64_t number : {std::uint64_t{0}, first, first, std::uint64_t{3}, ~std::uint64_t{0}})
        log_.remove(number);
    EXPECT_EQ(found(), Numbers{8});
}

TEST_F(WaitingLogTest, GoesOnInTheNextDaemonWithWhatIsLeft) {
    add(kernel(7));
    add(kernel(8));
    WaitingLog next(memory_.reopened());
    EXPECT_EQ(next.lastNumber(), 2U);
    Event event = kernel(9);
    next.add(event);
    EXPECT_EQ(event.id, 3U);
    EXPECT_EQ(found(), (Numbers{7, 8, 9}));
    for (const std::uint64_t number : {1U, 2U, 3U}) next.remove(number);
    EXPECT_EQ(found(), Numbers());
}

// The last was a repeat, and its daemon was killed.
TEST_F(WaitingLogTest, GoesOnInTheNextDaemonBehindWhatHasLeft) {
    add(kernel(7));
    add(kernel(8));
    log_.remove(add(kernel(7)));
    WaitingLog next(memory_.reopened());
    Event event = kernel(9);
    next.add(event);
    EXPECT_EQ(event.id, 4U);
    ASSERT_EQ(WaitingLog::whyNot(memory_.reopened()), std::nullopt);
    EXPECT_EQ(found(), (Numbers{7, 8, 9}));
}

TEST_F(WaitingLogTest, MakesRoomWhereMostHaveLeft) {
    const std::uint64_t first = add(kernel(1));
    for (std::uint64_t seqnum = 2; seqnum < 100'000; ++seqnum) {
        Event event = kernel(seqnum);
        ASSERT_TRUE(log_.add(event)) << seqnum;
        log_.remove(event.id);
    }
    add(kernel(100'000));
    EXPECT_EQ(found(), (Numbers{1, 100'000}));
    log_.remove(first);
    EXPECT_EQ(found(), Numbers{100'000});
}

TEST_F(WaitingLogTest, StaysSmallWhereMostHaveLeft) {
    const LogMemory large(64 * RecordArea::MinBytes);
    WaitingLog log(large.empty());
    Event first = kernel(1);
    log.add(first);
    for (std::uint64_t seqnum = 2; seqnum < 100'000; ++seqnum) {
        Event event = kernel(seqnum);
        log.add(event);
        log.remove(event.id);
    }
    for (const std::size_t area : {0U, 1U}) {
        const auto unused = large.area(area).subspan(32 * RecordArea::MinBytes);
        EXPECT_TRUE(
            std::all_of(unused.begin(), unused.end(), [](std::byte byte) { return byte == std::byte{0}; }));
    }
}

TEST_F(WaitingLogTest, KeepsThoseThatItHasRoomForAndWritesAgainWhenHalfOfThemHaveLeft) {
    std::uint64_t written = 0;
    Event event = kernel(1);
    while (log_.add(event)) event = kernel(++written + 1);
    EXPECT_GT(written, 100U);
    EXPECT_EQ(found().size(), written);
    log_.remove(event.id); // for which there was no room
    for (std::uint64_t number = 1; number <= written / 2 + 1; ++number) log_.remove(number);
    Event next = kernel(1'000'000);
    EXPECT_TRUE(log_.add(next));
    EXPECT_EQ(found().back(), 1'000'000U);
    EXPECT_EQ(found().size(), written - written / 2);
    for (std::uint64_t number = 1; number <= next.id; ++number) log_.remove(number);
    EXPECT_EQ(found(), Numbers());
}

TEST_F(WaitingLogTest, IsNotBelievedWithNumbersThatItWouldNotGive) {
    for (const std::uint64_t second : {std::uint64_t{7}, std::uint64_t{1} << 40U}) {
        RecordLog log = memory_.empty();
        ASSERT_TRUE(log.append(kernel(7), 7));
        EXPECT_FALSE(WaitingLog::whyNot(log));
        ASSERT_TRUE(log.append(kernel(8), second));
        EXPECT_EQ(WaitingLog::whyNot(log), "impossible numbers");
    }
}

} // namespace
} // namespace keventd::test
