// The events that wait: what the next daemon finds of them.

#include "daemon/stream/waiting_log.h"

#include "tests/unit/stream/intake_memory.h"
#include "tests/unit/support/events.h"

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
    EXPECT_EQ(found(), (Numbers{7, 8}));
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
    EXPECT_EQ(found(), (Numbers{7, 8}));
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

TEST_F(WaitingLogTest, DropsThoseThatHaveLeftWhereItIsFull) {
    const std::uint64_t first = add(kernel(1));
    for (std::uint64_t seqnum = 2; seqnum < 10'000; ++seqnum) log_.remove(add(kernel(seqnum)));
    add(kernel(10'000));
    const Numbers left = found();
    EXPECT_EQ(left.front(), 1U);
    EXPECT_EQ(left.back(), 10'000U);
    EXPECT_LT(left.size(), 2'000U);
    log_.remove(first);
}

TEST_F(WaitingLogTest, KeepsThoseThatItHasRoomForAndWritesAgainWhenAllHaveLeft) {
    Numbers numbers;
    for (std::uint64_t seqnum = 1; seqnum <= 5'000; ++seqnum) numbers.push_back(add(kernel(seqnum)));
    const Numbers left = found();
    EXPECT_GT(left.size(), 100U);
    EXPECT_LT(left.size(), 5'000U);
    EXPECT_EQ(left.back(), left.size()) << "the first ones, without a hole";
    for (const std::uint64_t number : numbers) log_.remove(number);
    add(kernel(5'001));
    EXPECT_EQ(found(), Numbers{5'001});
}

} // namespace
} // namespace keventd::test
