#include "daemon/stream/history.h"

#include "daemon/base/assert.h"
#include "daemon/stream/record.h"

#include <algorithm>
#include <limits>
#include <new>

namespace keventd {
namespace {

// The smallest records are about this long, so the index never runs out before the ring does.
constexpr std::size_t BytesPerIndexSlot = 128;

constexpr std::int64_t BeforeAllTimes = std::numeric_limits<std::int64_t>::min();

} // namespace

History::History(std::span<std::byte> memory) {
    KEVENTD_ASSERT(memory.size() >= MinBytes);
    const std::size_t slots = memory.size() / BytesPerIndexSlot;
    header_ = new (memory.data()) Header{.firstId = 1,
                                         .nextId = 1,
                                         .head = 0,
                                         .tail = 0,
                                         .latestUsec = BeforeAllTimes,
                                         .latestDroppedUsec = BeforeAllTimes};
    memory = memory.subspan(sizeof(Header));
    index_ = {reinterpret_cast<std::uint64_t*>(memory.data()), slots};
    memory = memory.subspan(index_.size_bytes());
    ring_ = memory.first(memory.size() / RecordAlignment * RecordAlignment);
}

std::uint64_t History::append(const Event& event) {
    const std::size_t size = recordSize(event);
    KEVENTD_ASSERT(size <= ring_.size() / 2);
    const std::uint64_t place = placeFor(size);
    while (firstId() < nextId() && place + size - header_->tail > ring_.size()) dropOldest();
    if (nextId() - firstId() == index_.size()) dropOldest();
    if (firstId() == nextId()) header_->tail = place;

    const std::uint64_t id = nextId();
    header_->latestUsec = std::max<std::int64_t>(header_->latestUsec, event.boottime.count());
    writeRecord(event, id, std::chrono::microseconds(header_->latestUsec), &ring_[place % ring_.size()]);
    slot(id) = place;
    header_->head = place + size;
    header_->nextId = id + 1;
    return id;
}

// A record does not wrap: where it would, the rest of the ring stays unused.
std::uint64_t History::placeFor(std::size_t size) const {
    const std::uint64_t left = ring_.size() - header_->head % ring_.size();
    return size <= left ? header_->head : header_->head + left;
}

void History::dropOldest() {
    header_->latestDroppedUsec = latestBoottime(record(firstId())).count();
    ++header_->firstId;
    header_->tail = firstId() < nextId() ? slot(firstId()) : header_->head;
}

EventView History::at(std::uint64_t id) const {
    KEVENTD_ASSERT(id >= firstId() && id < nextId());
    return viewRecord(record(id));
}

// The first event at which the latest time so far reaches it was read then itself, unless an event that is no
// longer kept had been read later.
std::uint64_t History::findSince(std::chrono::microseconds boottime) const {
    // Binary search by hand: clang 14 cannot compile libstdc++ 12's views.
    std::uint64_t id = firstId();
    for (std::uint64_t count = nextId() - id; count > 0;) {
        const std::uint64_t half = count / 2;
        const bool isBefore = latestBoottime(record(id + half)) < boottime;
        if (isBefore) id += half + 1;
        count = isBefore ? count - half - 1 : half;
    }
    while (id < nextId() && at(id).boottime < boottime) ++id;
    return id;
}

std::chrono::microseconds History::latestDropped() const {
    return std::chrono::microseconds(header_->latestDroppedUsec);
}

} // namespace keventd
