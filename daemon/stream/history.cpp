#include "daemon/stream/history.h"

#include "daemon/base/assert.h"
#include "daemon/base/text.h"
#include "daemon/stream/record.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace keventd {
namespace {

using std::chrono::microseconds;

// The smallest records are about this long, so the index never runs out before the ring does.
constexpr std::size_t BytesPerIndexSlot = 128;

// As a CommitWord: 0 is no time, and no event was read before the boot.
std::uint64_t encoded(microseconds time) {
    constexpr auto latest = static_cast<std::int64_t>(CommitWord::MaxValue - 1); // after 2283 years
    return static_cast<std::uint64_t>(std::clamp<std::int64_t>(time.count(), 0, latest)) + 1;
}

microseconds decoded(std::uint64_t word) {
    return word == 0 ? microseconds::min() : microseconds(word - 1);
}

} // namespace

History::History(std::span<std::byte> memory, Reserve reserve)
    : History(memory, std::move(reserve), KeepWhatIsThere()) {
    header_->oldest.store(NoRecord);
    header_->nextId.store(nextId_);
    header_->latestDropped.store(0);
}

History::History(std::span<std::byte> memory, Reserve reserve, KeepWhatIsThere)
    : reserve_(std::move(reserve)),
      indexMemory_(memory.size() / BytesPerIndexSlot * sizeof(std::uint64_t), "index of the history") {
    KEVENTD_ASSERT(memory.size() >= MinBytes);
    header_ = std::launder(reinterpret_cast<Header*>(memory.data()));
    ring_ = memory.subspan(sizeof(Header));
    ring_ = ring_.first(ring_.size() / RecordAlignment * RecordAlignment);
    index_ = {reinterpret_cast<std::uint64_t*>(indexMemory_.bytes().data()),
              memory.size() / BytesPerIndexSlot};
    const bool canBegin = canTouch(MinBytes - sizeof(Header));
    KEVENTD_ASSERT(canBegin);
}

std::variant<History, NotBelieved> History::open(std::span<std::byte> memory, Reserve reserve) {
    History history(memory, std::move(reserve), KeepWhatIsThere());
    if (auto reason = history.restore()) return NotBelieved{std::move(*reason)};
    return history;
}

// @return why not
std::optional<std::string> History::restore() {
    const auto oldest = header_->oldest.load();
    const auto nextId = header_->nextId.load();
    const auto dropped = header_->latestDropped.load();
    if (!oldest || !nextId || !dropped || *nextId == 0) return "its history has a damaged header";
    if (*nextId > CommitWord::MaxValue / 2) return "its history has impossible ids";
    firstId_ = nextId_ = *nextId;
    latest_ = latestDropped_ = decoded(*dropped);
    if (*oldest == NoRecord) return std::nullopt;
    return restoreRecords(*oldest);
}

// The oldest record may be the next one: stored as the first of an empty history, and not yet appended.
std::optional<std::string> History::restoreRecords(std::uint64_t oldest) {
    if (oldest >= ring_.size() || oldest % RecordAlignment != 0) return "its history has a damaged header";
    head_ = tail_ = oldest;
    const std::span<const std::byte> first = findRecord(oldest);
    if (first.empty()) return "its history begins with a damaged record";
    firstId_ = viewRecord(first.data()).id;
    if (firstId_ > nextId_ || nextId_ - firstId_ > index_.size()) return "its history has impossible ids";
    for (std::uint64_t id = firstId_; id < nextId_; ++id) {
        if (!restoreRecord(id)) return text("its history is damaged at event ", id);
    }
    if (!canTouch(offsetOf(head_) + EndMarkBytes)) return "its history cannot be had in memory";
    return std::nullopt;
}

bool History::restoreRecord(std::uint64_t id) {
    const std::uint64_t place = findPlaceOfNext();
    const std::span<const std::byte> found = findRecord(offsetOf(place));
    if (found.empty() || viewRecord(found.data()).id != id) return false;
    if (place + found.size() - tail_ > ring_.size()) return false;
    slot(id) = place;
    head_ = place + found.size();
    latest_ = std::max(latest_, latestBoottime(found.data()));
    return true;
}

// Behind the newest record, unless the ring has been ended there.
std::uint64_t History::findPlaceOfNext() {
    const std::uint64_t offset = offsetOf(head_);
    if (!canTouch(offset + EndMarkBytes)) return head_; // where no record is found
    const bool isEnd = std::all_of(&ring_[offset], &ring_[offset] + EndMarkBytes,
                                   [](std::byte byte) { return byte == std::byte{0}; });
    return isEnd ? head_ + ring_.size() - offset : head_;
}

// @return its bytes; none if there is no sound record
std::span<const std::byte> History::findRecord(std::uint64_t offset) {
    if (!canTouch(offset + sizeof(RecordHeader))) return {};
    const std::span<const std::byte> rest = std::span(ring_).subspan(offset);
    const std::size_t size = findRecordSize(rest);
    if (size == 0 || !canTouch(offset + size) || !isSoundRecord(rest.first(size))) return {};
    return rest.first(size);
}

std::uint64_t History::append(const Event& event) {
    const std::size_t size = recordSize(event);
    KEVENTD_ASSERT(size <= MaxRecordBytes);
    const std::uint64_t place = placeFor(size);
    makeRoom(place, size);

    const std::uint64_t id = nextId_;
    latest_ = std::max(latest_, event.boottime);
    writeRecord(event, id, latest_, &ring_[offsetOf(place)]);
    if (isEmpty()) {
        tail_ = place;
        header_->oldest.store(offsetOf(place));
    }
    slot(id) = place;
    head_ = place + size;
    nextId_ = id + 1;
    header_->nextId.store(nextId_);
    return id;
}

std::uint64_t History::placeFor(std::size_t size) {
    const std::uint64_t offset = offsetOf(head_);
    return canTouch(offset + size + EndMarkBytes) ? head_ : head_ + ring_.size() - offset;
}

bool History::canTouch(std::uint64_t end) {
    if (end > ring_.size()) return false;
    if (end > usable_) usable_ = reserve_ ? reserve_(sizeof(Header) + end) - sizeof(Header) : ring_.size();
    return end <= usable_;
}

// Drops the records whose bytes, or whose place in the index, are needed. When none is left, a process before
// this one may have been killed when it had stored the place of the first, which is now overwritten.
void History::makeRoom(std::uint64_t place, std::size_t size) {
    while (!isEmpty() && place + size - tail_ > ring_.size()) dropOldest();
    if (nextId_ - firstId_ == index_.size()) dropOldest();
    if (isEmpty()) header_->oldest.store(NoRecord);
    if (place != head_) std::memset(&ring_[offsetOf(head_)], 0, EndMarkBytes);
}

void History::dropOldest() {
    latestDropped_ = latestBoottime(record(firstId_));
    header_->latestDropped.store(encoded(latestDropped_));
    ++firstId_;
    tail_ = isEmpty() ? head_ : slot(firstId_);
    header_->oldest.store(isEmpty() ? NoRecord : offsetOf(tail_));
}

EventView History::at(std::uint64_t id) const {
    KEVENTD_ASSERT(id >= firstId() && id < nextId());
    return viewRecord(record(id));
}

// The first event at which the latest time so far reaches it was read then itself, unless an event that is no
// longer kept had been read later.
std::uint64_t History::findSince(microseconds boottime) const {
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

} // namespace keventd
