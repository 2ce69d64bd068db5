#include "daemon/stream/record_area.h"

#include "daemon/base/assert.h"
#include "daemon/stream/record.h"

#include <chrono>
#include <cstring>
#include <new>
#include <utility>

namespace keventd {

RecordArea::RecordArea(std::span<std::byte> memory, Reserve reserve) : reserve_(std::move(reserve)) {
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
    std::uint64_t last = 0;
    for (std::size_t at = 0; at < *end;) {
        const std::span<const std::byte> rest = records_.subspan(at, *end - at);
        const std::size_t size = findRecordSize(rest);
        if (size == 0 || !isSoundRecord(rest.first(size))) return "a damaged record";
        const std::uint64_t number = viewRecord(rest.data()).id;
        if (number < last) return "impossible numbers";
        last = number;
        at += size;
    }
    end_ = *end;
    return std::nullopt;
}

bool RecordArea::append(const Event& event, std::uint64_t number) {
    const std::size_t size = recordSize(event);
    if (!hasRoomFor(size)) return false;
    writeRecord(event, number, event.boottime, &records_[end_]);
    commit(size);
    return true;
}

bool RecordArea::append(std::span<const std::byte> record) {
    if (!hasRoomFor(record.size())) return false;
    std::memcpy(&records_[end_], record.data(), record.size());
    commit(record.size());
    return true;
}

void RecordArea::commit(std::size_t bytes) {
    end_ += bytes;
    header_->end.store(end_);
}

void RecordArea::clear() {
    end_ = 0;
    header_->end.store(0);
}

bool RecordArea::hasRoomFor(std::size_t bytes) {
    const std::size_t end = sizeof(Header) + end_ + bytes;
    if (end > sizeof(Header) + records_.size()) return false;
    if (end > usable_) usable_ = reserve_ ? reserve_(end) : sizeof(Header) + records_.size();
    return end <= usable_;
}

void RecordArea::forEach(const std::function<void(std::span<const std::byte> record)>& visit) const {
    for (std::size_t at = 0; at < end_;) {
        const std::span<const std::byte> record =
            records_.subspan(at, findRecordSize(records_.subspan(at, end_ - at)));
        visit(record);
        at += record.size();
    }
}

} // namespace keventd
