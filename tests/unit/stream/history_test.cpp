// The ring of the last events.

#include "daemon/stream/history.h"

#include "daemon/stream/record.h"
#include "tests/unit/stream/history_memory.h"
#include "tests/unit/support/events.h"

#include <algorithm>
#include <sys/mman.h>
#include <unistd.h>

namespace keventd::test {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

Event eventOfSize(std::size_t bytes) {
    Event event = other("");
    const std::size_t empty = recordSize(event);
    event.object = std::string(bytes - empty, 'x');
    return event;
}

Event readAt(microseconds boottime) {
    Event event = kernel(1);
    event.boottime = boottime;
    return event;
}

std::size_t touchedPages(std::span<std::byte> memory) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    std::vector<unsigned char> resident((memory.size() + page - 1) / page);
    if (mincore(memory.data(), memory.size(), resident.data()) != 0) return resident.size();
    return static_cast<std::size_t>(
        std::count_if(resident.begin(), resident.end(), [](unsigned char r) { return (r & 1U) != 0; }));
}

class HistoryTest : public testing::Test {
protected:
    HistoryMemory memory_{History::MinBytes};
    History history_{memory_.span()};

    void fill(std::uint64_t count, const Event& event) {
        for (std::uint64_t i = 0; i < count; ++i) history_.append(event);
    }
};

TEST_F(HistoryTest, IsEmptyAtFirst) {
    EXPECT_EQ(history_.firstId(), 1U);
    EXPECT_EQ(history_.nextId(), 1U);
    EXPECT_EQ(history_.bytesUsed(), 0U);
}

TEST_F(HistoryTest, NumbersEventsFromOneWithoutAHole) {
    for (std::uint64_t id = 1; id <= 10'000; ++id) ASSERT_EQ(history_.append(kernel(id)), id);
    EXPECT_EQ(history_.nextId(), 10'001U);
}

TEST_F(HistoryTest, GivesBackEveryFieldAndTheId) {
    history_.append(kernel(1));
    const std::uint64_t id = history_.append(fullEvent());
    const EventView view = history_.at(id);
    EXPECT_EQ(view.id, id);
    EXPECT_TRUE(isSameButForId(ownedCopy(view), fullEvent()));
}

TEST_F(HistoryTest, IgnoresTheIdThatAnEventBrings) {
    Event event = kernel(1);
    event.id = 99;
    EXPECT_EQ(history_.append(event), 1U);
    EXPECT_EQ(history_.at(1).id, 1U);
}

TEST_F(HistoryTest, KeepsAsManyEventsAsItsBytesHold) {
    const Event event = eventOfSize(1000);
    fill(10'000, event);
    const std::uint64_t kept = history_.nextId() - history_.firstId();
    EXPECT_EQ(kept, history_.capacity() / 1000);
    EXPECT_LE(history_.bytesUsed(), history_.capacity());
}

TEST_F(HistoryTest, DropsTheOldestFirst) {
    fill(500, eventOfSize(4000));
    EXPECT_GT(history_.firstId(), 400U);
    EXPECT_EQ(history_.nextId(), 501U);
    for (std::uint64_t id = history_.firstId(); id < history_.nextId(); ++id)
        EXPECT_EQ(history_.at(id).id, id);
}

TEST_F(HistoryTest, KeepsNoMoreEventsThanItsIndexHolds) {
    const Event smallest; // 80 bytes: more of them fit the ring than the index
    ASSERT_LT(recordSize(smallest), 128U);
    fill(10'000, smallest);
    const std::uint64_t kept = history_.nextId() - history_.firstId();
    EXPECT_EQ(kept, History::MinBytes / 128);
    EXPECT_EQ(history_.at(history_.firstId()).id, history_.firstId());
}

TEST_F(HistoryTest, TakesARecordOfHalfTheRingAgainAndAgain) {
    const Event biggest = eventOfSize(history_.capacity() / 2 / 8 * 8);
    for (int i = 0; i < 7; ++i) {
        const std::uint64_t id = history_.append(biggest);
        EXPECT_EQ(std::string_view(history_.at(id).object), biggest.object);
        history_.append(kernel(1));
        EXPECT_EQ(history_.at(id + 1).seqnum, 1U);
    }
}

TEST_F(HistoryTest, HoldsTheLongestUeventWithEachByteEscaped) {
    Event event = kernel(1);
    event.properties.set("KEY", std::string(4 * 8192, 'x'));
    fill(20, event);
    EXPECT_GE(history_.nextId() - history_.firstId(), 3U);
}

TEST_F(HistoryTest, RefusesARecordOfMoreThanHalfTheRing) {
    const Event event = eventOfSize(history_.capacity() / 2 / 8 * 8 + 8);
    EXPECT_DEATH(history_.append(event), "assertion failed");
}

TEST_F(HistoryTest, RefusesAnIdThatItDoesNotHold) {
    history_.append(kernel(1));
    EXPECT_DEATH(static_cast<void>(history_.at(0)), "assertion failed");
    EXPECT_DEATH(static_cast<void>(history_.at(2)), "assertion failed");
}

TEST(History, RefusesLessMemoryThanMakesSense) {
    const HistoryMemory memory(History::MinBytes);
    EXPECT_DEATH(History(memory.span().first(History::MinBytes - 1)), "assertion failed");
}

TEST(History, TouchesNoMoreMemoryThanItUses) {
    const HistoryMemory memory(std::size_t{64} * 1024 * 1024);
    History history(memory.span());
    EXPECT_LE(touchedPages(memory.span()), 2U);
    for (std::uint64_t n = 0; n < 100; ++n) history.append(kernel(n));
    EXPECT_LE(touchedPages(memory.span()), 8U);
}

TEST_F(HistoryTest, FindsTheFirstEventReadAtATimeOrLater) {
    for (const int s : {10, 20, 20, 30}) history_.append(readAt(seconds(s)));
    EXPECT_EQ(history_.findSince(seconds(0)), 1U);
    EXPECT_EQ(history_.findSince(seconds(10)), 1U);
    EXPECT_EQ(history_.findSince(seconds(10) + microseconds(1)), 2U);
    EXPECT_EQ(history_.findSince(seconds(20)), 2U);
    EXPECT_EQ(history_.findSince(seconds(30)), 4U);
    EXPECT_EQ(history_.findSince(seconds(31)), 5U);
}

TEST_F(HistoryTest, FindsTheNextIdInAnEmptyHistory) {
    EXPECT_EQ(history_.findSince(seconds(5)), 1U);
}

TEST_F(HistoryTest, FindsAnEventThatStandsBeforeOlderOnes) {
    for (const int s : {100, 107, 101, 102, 108}) history_.append(readAt(seconds(s)));
    EXPECT_EQ(history_.findSince(seconds(105)), 2U);
}

TEST_F(HistoryTest, FindsNothingOlderBehindADroppedEventThatWasReadLater) {
    history_.append(readAt(seconds(100)));
    for (int us = 0; us < 5000; ++us) history_.append(readAt(microseconds(us)));
    ASSERT_GT(history_.firstId(), 1U);
    EXPECT_EQ(history_.findSince(microseconds(4999)), history_.nextId() - 1);
    EXPECT_EQ(history_.latestDropped(), seconds(100));
}

TEST_F(HistoryTest, KnowsHowLateAnEventWasReadThatItDropped) {
    history_.append(readAt(seconds(1)));
    EXPECT_LT(history_.latestDropped(), seconds(0));
    for (int s = 2; s < 5000; ++s) history_.append(readAt(seconds(s)));
    ASSERT_GT(history_.firstId(), 1U);
    EXPECT_EQ(history_.latestDropped(), history_.at(history_.firstId()).boottime - seconds(1));
}

TEST_F(HistoryTest, FindsNothingAmongEventsThatItDropped) {
    for (int s = 0; s < 5000; ++s) history_.append(readAt(seconds(s)));
    ASSERT_GT(history_.firstId(), 1U);
    EXPECT_EQ(history_.findSince(seconds(0)), history_.firstId());
}

} // namespace
} // namespace keventd::test
