#include "daemon/stream/record_area.h"

#include "daemon/base/assert.h"
#include "daemon/stream/record.h"

#include <chrono>
#include <cstring>
#include <new>
#include <utility>

namespace keventd {
namespace {

/// What stands behind a record.
enum Word : std::uint64_t { Dropped, Counts };

} // namespace

RecordArea::RecordArea(std::span<std::byte> memory, Reserve reserve, Release release)
    : reserve_(std::move(reserve)), release_(std::move(release)) {
    KEVENTD_ASSERT(memory.size() >= MinBytes);
    header_ = std::launder(reinterpret_cast<Header*>(memory.data()));
    records_ = memory.subspan(sizeof(Header));
    const bool hasWords = hasRoomFor(0);
    KEVENTD_ASSERT(hasWords);
}

void RecordArea::begin(std::uint64_t generation) {
    clear();
    become(generation);
}

std::optional<std::string> RecordArea::restore() {
    const auto end = header_->end.load();
    if (!end || *end > records_.size() || *end % RecordAlignment != 0) return "a damaged header";
    if (!hasRoomFor(*end)) return "more than can be had in memory";
    lastNumber_ = 0;
    for (std::size_t at = 0; at < *end;) {
        const std::span<const std::byte> rest = records_.subspan(at, *end - at);
        const std::size_t size = findRecordSize(rest);
        if (size == 0 || size > MaxRecordBytes || size + WordBytes > rest.size()) return "a damaged record";
        const auto word = wordBehind(at, size).load();
        if (!isSoundRecord(rest.first(size)) || !word || *word > Counts) return "a damaged record";
        const std::uint64_t number = viewRecord(rest.data()).id;
        if (number < lastNumber_) return "impossible numbers";
        lastNumber_ = number;
        at += size + WordBytes;
    }
    end_ = *end;
    return std::nullopt;
}

bool RecordArea::append(const Event& event, std::uint64_t number) {
    const std::size_t size = recordSize(event);
    if (size > MaxRecordBytes || !hasRoomFor(size + WordBytes)) return false;
    writeRecord(event, number, event.boottime, &records_[end_]);
    commit(size, number);
    return true;
}

bool RecordArea::append(std::span<const std::byte> record) {
    if (!hasRoomFor(record.size() + WordBytes)) return false;
    std::memcpy(&records_[end_], record.data(), record.size());
    commit(record.size(), viewRecord(record.data()).id);
    return true;
}

void RecordArea::commit(std::size_t size, std::uint64_t number) {
    last_ = end_;
    lastNumber_ = number;
    wordBehind(last_, size).store(Counts);
    end_ += size + WordBytes;
    header_->end.store(end_);
}

CommitWord& RecordArea::wordBehind(std::size_t place, std::size_t size) const {
    return *std::launder(reinterpret_cast<CommitWord*>(&records_[place + size]));
}

std::size_t RecordArea::placeOf(std::span<const std::byte> record) const {
    return static_cast<std::size_t>(record.data() - records_.data());
}

void RecordArea::drop(std::size_t place) {
    wordBehind(place, findRecordSize(records_.subspan(place, end_ - place))).store(Dropped);
}

void RecordArea::clear() {
    end_ = 0;
    lastNumber_ = 0;
    header_->end.store(0);
}

void RecordArea::giveBack() {
    clear();
    if (release_ && usable_ > KeptBytes) usable_ = release_(KeptBytes);
}

bool RecordArea::hasRoomFor(std::size_t bytes) {
    const std::size_t end = sizeof(Header) + end_ + bytes;
    if (end > sizeof(Header) + records_.size()) return false;
    if (end > usable_) usable_ = reserve_ ? reserve_(end) : sizeof(Header) + records_.size();
    return end <= usable_;
}

void RecordArea::forEach(const std::function<void(std::span<const std::byte> record)>& visit) const {
    for (std::size_t at = 0; at < end_;) {
        const std::size_t size = findRecordSize(records_.subspan(at, end_ - at));
        if (wordBehind(at, size).load() == Counts) visit(records_.subspan(at, size));
        at += size + WordBytes;
    }
}

} // namespace keventd
