// A log in two areas: what was appended, whatever becomes of the process, and what is believed of it.

#include "daemon/stream/record_log.h"

#include "daemon/base/text.h"
#include "daemon/stream/record.h"
#include "tests/unit/stream/intake_memory.h"
#include "tests/unit/stream/log_words.h"
#include "tests/unit/support/events.h"

namespace keventd::test {
namespace {

std::string whyNotBelieved(const LogMemory& memory) {
    const auto opened = RecordLog::open(memory.areas());
    const auto* why = std::get_if<NotBelieved>(&opened);
    return why == nullptr ? "" : why->reason;
}

class RecordLogTest : public testing::Test {
protected:
    void append(std::uint64_t number) { ASSERT_TRUE(log_.append(kernel(number), number)); }

    LogMemory memory_;
    RecordLog log_ = memory_.empty();
};

TEST_F(RecordLogTest, IsEmptyAtFirst) {
    EXPECT_EQ(wordsOf(log_), "");
    EXPECT_EQ(wordsOf(memory_.reopened()), "");
}

TEST_F(RecordLogTest, KeepsWhatWasAppendedForTheNextProcess) {
    append(3);
    append(5);
    EXPECT_EQ(wordsOf(log_), "3:3 5:5");
    EXPECT_EQ(wordsOf(memory_.reopened()), "3:3 5:5");
}

TEST_F(RecordLogTest, GoesOnBehindWhatAnEarlierProcessHasLeft) {
    append(3);
    RecordLog next = memory_.reopened();
    ASSERT_TRUE(next.append(kernel(7), 7));
    EXPECT_EQ(wordsOf(memory_.reopened()), "3:3 7:7");
}

TEST_F(RecordLogTest, HasNothingWhenItHasBeenCleared) {
    append(3);
    log_.clear();
    EXPECT_EQ(wordsOf(memory_.reopened()), "");
    append(4);
    EXPECT_EQ(wordsOf(memory_.reopened()), "4:4");
}

TEST_F(RecordLogTest, HasNotWhatWasDropped) {
    append(3);
    const std::size_t place = log_.lastPlace();
    append(4);
    log_.drop(place);
    EXPECT_EQ(wordsOf(log_), "4:4");
    EXPECT_EQ(wordsOf(memory_.reopened()), "4:4");
}

TEST_F(RecordLogTest, KnowsWhereARecordIs) {
    append(3);
    append(4);
    std::vector<std::size_t> places;
    log_.forEach([&](std::span<const std::byte> record) { places.push_back(log_.placeOf(record)); });
    ASSERT_EQ(places.size(), 2U);
    EXPECT_EQ(places[1], log_.lastPlace());
    log_.drop(places[0]);
    EXPECT_EQ(wordsOf(log_), "4:4");
}

TEST_F(RecordLogTest, TakesNoRecordThatTheHistoryCouldNotTakeEscaped) {
    Event event = kernel(3);
    event.properties.set("KEY", std::string(RecordArea::MaxRecordBytes, 'x'));
    EXPECT_FALSE(log_.append(event, 3));
    EXPECT_EQ(wordsOf(log_), "");
}

TEST_F(RecordLogTest, HasInsteadWhatItIsWrittenAnewWith) {
    append(3);
    append(4);
    for (std::uint64_t number : {7U, 8U, 9U}) { // to and fro
        EXPECT_TRUE(log_.rewrite([number](RecordArea& area) { return area.append(kernel(number), number); }));
        EXPECT_EQ(wordsOf(log_), text(number, ":", number));
        EXPECT_EQ(wordsOf(memory_.reopened()), text(number, ":", number));
    }
}

TEST_F(RecordLogTest, IsAsBeforeWhileItIsWrittenAnew) {
    append(3);
    log_.rewrite([this](RecordArea& area) {
        EXPECT_TRUE(area.append(kernel(7), 7));
        EXPECT_EQ(wordsOf(memory_.reopened()), "3:3");
        return true;
    });
}

TEST_F(RecordLogTest, IsAsBeforeIfItCannotBeWrittenAnew) {
    append(3);
    EXPECT_FALSE(log_.rewrite([](RecordArea& area) {
        static_cast<void>(area.append(kernel(7), 7));
        return false;
    }));
    EXPECT_EQ(wordsOf(log_), "3:3");
    EXPECT_EQ(wordsOf(memory_.reopened()), "3:3");
}

TEST_F(RecordLogTest, CopiesRecordsOfAnotherArea) {
    append(3);
    append(4);
    log_.rewrite([this](RecordArea& area) {
        bool fits = true;
        log_.forEach([&](std::span<const std::byte> record) { fits = fits && area.append(record); });
        return fits;
    });
    EXPECT_EQ(wordsOf(memory_.reopened()), "3:3 4:4");
}

TEST_F(RecordLogTest, TakesNoMoreThanItHasRoomFor) {
    std::uint64_t number = 1;
    while (log_.append(kernel(number), number)) ++number;
    EXPECT_GT(number, 100U);
    EXPECT_FALSE(log_.hasRoomFor(recordSize(kernel(number))));
    const std::string words = wordsOf(log_);
    EXPECT_TRUE(words.ends_with(std::to_string(number - 1)));
    EXPECT_EQ(wordsOf(memory_.reopened()), words);
}

TEST(RecordLogOfScarceMemory, TakesNoMoreThanCanBeHad) {
    const LogMemory memory(4 * RecordArea::MinBytes);
    std::size_t available = RecordArea::MinBytes;
    const auto reserve = [&available](std::size_t wanted) { return std::min(wanted, available); };
    RecordLog log({RecordArea(memory.area(0), reserve), RecordArea(memory.area(1), reserve)});
    std::uint64_t number = 1;
    while (log.append(kernel(number), number)) ++number;
    EXPECT_LT(number * recordSize(kernel(number)), RecordArea::MinBytes + 1000);
    available = 2 * RecordArea::MinBytes;
    EXPECT_TRUE(log.append(kernel(number), number));
}

class DamagedRecordLog : public RecordLogTest {
protected:
    DamagedRecordLog() {
        for (std::uint64_t number = 1; number <= 5; ++number) append(number);
    }
    static constexpr std::size_t WordsBytes = 2 * sizeof(CommitWord);
};

TEST_F(DamagedRecordLog, IsNotBelievedWithABitFlippedInAnyByteOfItsRecords) {
    const std::size_t end = WordsBytes + 5 * (recordSize(kernel(1)) + sizeof(CommitWord));
    for (std::size_t at = WordsBytes; at < end; ++at) {
        memory_.area(0)[at] ^= std::byte{1};
        ASSERT_EQ(whyNotBelieved(memory_), "a damaged record") << at;
        memory_.area(0)[at] ^= std::byte{1};
    }
    EXPECT_EQ(whyNotBelieved(memory_), "");
}

TEST_F(DamagedRecordLog, IsNotBelievedWithABitFlippedInAnyByteOfItsWords) {
    for (std::size_t at = 0; at < WordsBytes; ++at) {
        memory_.area(0)[at] ^= std::byte{0x10};
        ASSERT_NE(whyNotBelieved(memory_), "") << at;
        memory_.area(0)[at] ^= std::byte{0x10};
    }
}

TEST_F(DamagedRecordLog, IsNotBelievedAsZeroes) {
    const LogMemory zeroes;
    EXPECT_EQ(whyNotBelieved(zeroes), "a damaged header");
}

TEST_F(DamagedRecordLog, IsNotBelievedWithoutRisingNumbers) {
    append(4);
    EXPECT_EQ(whyNotBelieved(memory_), "impossible numbers");
}

} // namespace
} // namespace keventd::test
