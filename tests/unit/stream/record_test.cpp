// One event as bytes.

#include "daemon/stream/record.h"

#include "tests/unit/support/events.h"

#include <cstring>

namespace keventd::test {
namespace {

// Room for one record, with a mark behind it that must stay.
class Room {
public:
    explicit Room(std::size_t size) : size_(size), words_(size / RecordAlignment + 1, Mark) {}
    [[nodiscard]] std::byte* place() { return reinterpret_cast<std::byte*>(words_.data()); }
    [[nodiscard]] bool markStands() const { return words_[size_ / RecordAlignment] == Mark; }

private:
    static constexpr std::uint64_t Mark = 0x6d61726b6d61726b;
    std::size_t size_;
    std::vector<std::uint64_t> words_;
};

Event throughRecord(const Event& event, std::uint64_t id) {
    Room room(recordSize(event));
    writeRecord(event, id, event.boottime, room.place());
    EXPECT_TRUE(room.markStands());
    return ownedCopy(viewRecord(room.place()));
}

TEST(Record, BringsBackEveryField) {
    EXPECT_TRUE(isSameButForId(throughRecord(fullEvent(), 1), fullEvent()));
}

TEST(Record, BringsBackAnEventWithoutAnything) {
    EXPECT_TRUE(isSameButForId(throughRecord(Event{}, 1), Event{}));
}

TEST(Record, CarriesTheIdThatItIsWrittenUnder) {
    Event event = kernel(1);
    event.id = 5;
    EXPECT_EQ(throughRecord(event, 77).id, 77U);
}

TEST(Record, HasASizeThatKeepsTheNextOneAligned) {
    for (std::size_t length = 0; length < 20; ++length) {
        EXPECT_EQ(recordSize(other(std::string(length, 'x'))) % RecordAlignment, 0U);
    }
}

TEST(Record, TellsItsSize) {
    const Event event = fullEvent();
    Room room(recordSize(event));
    writeRecord(event, 1, event.boottime, room.place());
    RecordHeader header{};
    std::memcpy(&header, room.place(), sizeof header);
    EXPECT_EQ(header.size, recordSize(event));
}

TEST(Record, DoesNotDependOnWhereItLies) {
    const Event event = fullEvent();
    Room first(recordSize(event));
    Room second(recordSize(event));
    writeRecord(event, 1, event.boottime, first.place());
    std::memcpy(second.place(), first.place(), recordSize(event));
    EXPECT_TRUE(isSameButForId(ownedCopy(viewRecord(second.place())), event));
}

TEST(Record, BringsBackAnyEvent) {
    checkProperty(1000, [] {
        const Event event = *anyEvent(anyBytes());
        RC_ASSERT(static_cast<bool>(isSameButForId(throughRecord(event, 3), event)));
    });
}

} // namespace
} // namespace keventd::test
