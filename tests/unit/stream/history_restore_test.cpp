// A history that a later process takes up: whole, killed half-way, or damaged.

#include "daemon/stream/history.h"

#include "daemon/base/checksum.h"
#include "daemon/stream/record.h"
#include "tests/unit/stream/history_memory.h"
#include "tests/unit/support/events.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <gmock/gmock.h>

namespace keventd::test {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

Event eventOf(std::uint64_t number, std::size_t bytes = 0) {
    Event event = kernel(number);
    event.boottime = seconds(number);
    event.properties.set("KEY", std::string(bytes, static_cast<char>('a' + number % 26)));
    return event;
}

class HistoryRestore : public testing::Test {
protected:
    HistoryMemory memory_{History::MinBytes};

    static void fill(History& history, std::uint64_t count, std::size_t bytes = 0) {
        for (std::uint64_t i = 0; i < count; ++i) history.append(eventOf(history.nextId(), bytes));
    }
    static void expectSame(const History& got, const History& expected) {
        ASSERT_EQ(got.firstId(), expected.firstId());
        ASSERT_EQ(got.nextId(), expected.nextId());
        EXPECT_EQ(got.bytesUsed(), expected.bytesUsed());
        EXPECT_EQ(got.latestDropped(), expected.latestDropped());
        for (std::uint64_t id = got.firstId(); id < got.nextId(); ++id) {
            ASSERT_TRUE(isSameButForId(ownedCopy(got.at(id)), ownedCopy(expected.at(id)))) << id;
        }
    }
    [[nodiscard]] std::span<std::byte> bytesOf(const History& history, std::uint64_t id) const {
        const auto* start = reinterpret_cast<const std::byte*>(history.at(id).source) - sizeof(RecordHeader);
        RecordHeader header{};
        std::memcpy(&header, start, sizeof header);
        return memory_.span().subspan(static_cast<std::size_t>(start - memory_.span().data()), header.size);
    }
    // As if it had been written so.
    static void change(std::span<std::byte> record, RecordHeader header) {
        std::memcpy(record.data(), &header, sizeof header);
        const std::uint64_t sum = checksum(record.first(record.size() - sizeof(sum)));
        std::memcpy(record.last(sizeof sum).data(), &sum, sizeof sum);
    }
    static RecordHeader headerOf(std::span<const std::byte> record) {
        RecordHeader header{};
        std::memcpy(&header, record.data(), sizeof header);
        return header;
    }
};

TEST_F(HistoryRestore, TakesUpAnEmptyOne) {
    const History before(memory_.span());
    expectSame(reopened(memory_.span()), before);
}

TEST_F(HistoryRestore, TakesUpEveryEvent) {
    History before(memory_.span());
    before.append(fullEvent());
    fill(before, 100);
    expectSame(reopened(memory_.span()), before);
}

TEST_F(HistoryRestore, TakesUpARingThatHasWrapped) {
    History before(memory_.span());
    for (int round = 0; round < 50; ++round) {
        fill(before, 77, 1000);
        expectSame(reopened(memory_.span()), before);
    }
    EXPECT_GT(before.firstId(), 3'000U);
}

TEST_F(HistoryRestore, TakesUpAFullIndex) {
    History before(memory_.span());
    for (int i = 0; i < 10'000; ++i) before.append(Event{});
    expectSame(reopened(memory_.span()), before);
}

TEST_F(HistoryRestore, GoesOnWithTheNextId) {
    {
        History before(memory_.span());
        fill(before, 5'000, 300);
    }
    History after = reopened(memory_.span());
    fill(after, 5'000, 500);
    EXPECT_EQ(after.nextId(), 10'001U);
    for (std::uint64_t id = after.firstId(); id < after.nextId(); ++id) EXPECT_EQ(after.at(id).seqnum, id);
    expectSame(reopened(memory_.span()), after);
}

TEST_F(HistoryRestore, KnowsHowLateTheDroppedEventsWereRead) {
    History before(memory_.span());
    fill(before, 5'000);
    ASSERT_GT(before.firstId(), 1U);
    EXPECT_EQ(reopened(memory_.span()).latestDropped(), seconds(before.firstId() - 1));
}

TEST_F(HistoryRestore, FindsTimesAsBefore) {
    History before(memory_.span());
    fill(before, 5'000);
    const History after = reopened(memory_.span());
    for (int s = 4'000; s < 5'010; ++s) ASSERT_EQ(after.findSince(seconds(s)), before.findSince(seconds(s)));
}

TEST_F(HistoryRestore, ChangesNothingByLooking) {
    History before(memory_.span());
    fill(before, 5'000, 100);
    const std::vector<std::byte> bytes(memory_.span().begin(), memory_.span().end());
    static_cast<void>(reopened(memory_.span()));
    EXPECT_TRUE(std::equal(bytes.begin(), bytes.end(), memory_.span().begin()));
}

TEST_F(HistoryRestore, DoesNotDependOnWhereItLies) {
    History before(memory_.span());
    fill(before, 5'000, 100);
    const HistoryMemory elsewhere(History::MinBytes);
    std::copy(memory_.span().begin(), memory_.span().end(), elsewhere.span().begin());
    expectSame(reopened(elsewhere.span()), before);
}

TEST_F(HistoryRestore, DoesNotBelieveZeroes) {
    EXPECT_THAT(whyNotBelieved(memory_.span()), HasSubstr("damaged header"));
}

TEST_F(HistoryRestore, DoesNotBelieveOnesEither) {
    std::fill(memory_.span().begin(), memory_.span().end(), std::byte{0xff});
    EXPECT_THAT(whyNotBelieved(memory_.span()), HasSubstr("damaged header"));
}

TEST_F(HistoryRestore, NamesTheEventAtWhichItIsDamaged) {
    History before(memory_.span());
    fill(before, 100);
    bytesOf(before, 42)[100] ^= std::byte{1};
    EXPECT_THAT(whyNotBelieved(memory_.span()), HasSubstr("damaged at event 42"));
}

// Wherever a byte is looked at, it is missed when it has changed; where none is, it does not matter.
TEST_F(HistoryRestore, NoticesEachFlippedBitThatMatters) {
    History before(memory_.span());
    fill(before, 20);
    const std::size_t used = static_cast<std::size_t>(bytesOf(before, 20).end() - memory_.span().begin());
    for (std::size_t byte = 0; byte < used; ++byte) {
        for (unsigned bit = 0; bit < 8; ++bit) {
            const std::byte flip{static_cast<unsigned char>(1U << bit)};
            memory_.span()[byte] ^= flip;
            ASSERT_NE(whyNotBelieved(memory_.span()), "") << "byte " << byte << ", bit " << bit;
            memory_.span()[byte] ^= flip;
        }
    }
    expectSame(reopened(memory_.span()), before);
}

TEST_F(HistoryRestore, IsNotTakenInByBytesBehindTheNewestRecord) {
    History before(memory_.span());
    fill(before, 20);
    const auto end = bytesOf(before, 20).end();
    std::fill(end, memory_.span().end(), std::byte{0x55});
    expectSame(reopened(memory_.span()), before);
}

// What the checksum cannot tell, because it is that of these bytes.
TEST_F(HistoryRestore, DoesNotBelieveARecordThatCannotBeViewed) {
    const auto changed = [this](const std::function<void(RecordHeader&)>& how) {
        History history(memory_.span());
        fill(history, 3);
        const auto record = bytesOf(history, 2);
        RecordHeader header = headerOf(record);
        how(header);
        change(record, header);
        return whyNotBelieved(memory_.span());
    };
    EXPECT_EQ(changed([](RecordHeader&) {}), "");
    EXPECT_NE(changed([](RecordHeader& h) { h.id = 3; }), "");
    EXPECT_NE(changed([](RecordHeader& h) { h.size = 0; }), "");
    EXPECT_NE(changed([](RecordHeader& h) { h.size = 0xfffffff8; }), "");
    EXPECT_NE(changed([](RecordHeader& h) { h.size += 4; }), "");
    EXPECT_NE(changed([](RecordHeader& h) { h.propertyBytes = 0xffffffff; }), "");
    EXPECT_NE(changed([](RecordHeader& h) { --h.propertyBytes; }), "");
    EXPECT_NE(changed([](RecordHeader& h) { ++h.propertyCount; }), "");
    EXPECT_NE(changed([](RecordHeader& h) { h.propertyCount = 0x80000001; }), "");
    for (std::size_t text = 0; text < 5; ++text) {
        EXPECT_NE(changed([text](RecordHeader& h) { h.textBytes[text] = 0; }), "");
        EXPECT_NE(changed([text](RecordHeader& h) { ++h.textBytes[text]; }), "");
        EXPECT_NE(changed([text](RecordHeader& h) { --h.textBytes[text]; }), "");
        EXPECT_NE(changed([text](RecordHeader& h) { h.textBytes[text] = 0xffffffff; }), "");
    }
}

TEST_F(HistoryRestore, TakesNoOlderRecordForAnotherLapOfTheRing) {
    History before(memory_.span());
    fill(before, 5'000, 100);
    const std::uint64_t first = before.firstId();
    bytesOf(before, first)[0] = std::byte{0}; // of its size
    EXPECT_THAT(whyNotBelieved(memory_.span()), HasSubstr("begins with a damaged record"));
}

// Memory of which only so much can be had.
class HistoryOfScarceMemory : public HistoryRestore {
protected:
    static constexpr std::size_t Step = 4096;

    std::size_t limit_ = History::MinBytes;
    std::size_t reserved_ = 0;
    HistoryMemory large_{4 * History::MinBytes};
    Reserve reserve_ = [this](std::size_t bytes) {
        const std::size_t wanted = std::max((bytes + Step - 1) / Step * Step, History::MinBytes);
        reserved_ = std::max(reserved_, std::min(wanted, limit_));
        return reserved_;
    };

    [[nodiscard]] bool isUntouchedBeyond(std::size_t bytes) const {
        const auto rest = large_.span().subspan(bytes);
        return std::all_of(rest.begin(), rest.end(), [](std::byte byte) { return byte == std::byte{0}; });
    }
};

TEST_F(HistoryOfScarceMemory, AsksForMemoryAsItIsNeeded) {
    limit_ = large_.span().size();
    History history(large_.span(), reserve_);
    fill(history, 100);
    EXPECT_EQ(reserved_, History::MinBytes);
    fill(history, 1'000, 1'000);
    EXPECT_GT(reserved_, 3 * History::MinBytes);
    EXPECT_TRUE(isUntouchedBeyond(reserved_));
}

TEST_F(HistoryOfScarceMemory, DropsTheOldestSoonerWithoutMore) {
    History history(large_.span(), reserve_);
    fill(history, 10'000, 100);
    EXPECT_TRUE(isUntouchedBeyond(limit_));
    EXPECT_GT(history.nextId() - history.firstId(), 800U);
    for (std::uint64_t id = history.firstId(); id < history.nextId(); ++id)
        ASSERT_EQ(history.at(id).seqnum, id);
    expectSame(reopened(large_.span(), reserve_), history);
}

TEST_F(HistoryOfScarceMemory, GrowsWhenThereIsMoreAgain) {
    History history(large_.span(), reserve_);
    fill(history, 10'000, 100);
    const std::uint64_t few = history.nextId() - history.firstId();
    limit_ = large_.span().size();
    fill(history, 10'000, 100);
    EXPECT_GT(history.nextId() - history.firstId(), 3 * few);
    for (std::uint64_t id = history.firstId(); id < history.nextId(); ++id)
        ASSERT_EQ(history.at(id).seqnum, id);
    expectSame(reopened(large_.span(), reserve_), history);
}

TEST_F(HistoryOfScarceMemory, LooksAtNoMemoryThatCannotBeHad) {
    limit_ = large_.span().size();
    {
        History history(large_.span(), reserve_);
        fill(history, 500, 1'000);
    }
    limit_ = reserved_ = History::MinBytes;
    const auto opened = History::open(large_.span(), reserve_);
    EXPECT_TRUE(std::holds_alternative<NotBelieved>(opened));
}

} // namespace
} // namespace keventd::test
