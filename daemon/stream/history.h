// The last events of the stream, as many as fit: a ring of records, found by id.
//
// The memory belongs to somebody else (MappedMemory now, a mapped file later) and holds everything: a header,
// an index of offsets by id, the ring. Nothing in it depends on where it is mapped. Its pages are touched as
// they are needed. Appending drops the oldest records whose bytes, or whose place in the index, are needed.
#pragma once

#include "keventd/event.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

namespace keventd {

class History {
public:
    /// The least memory that makes sense: room for several of the longest events (8 KiB received, each byte
    /// escaped as four).
    static constexpr std::size_t MinBytes = 256 * 1024;

    /// Makes an empty history.
    /// @param memory  at least MinBytes, zeroed, aligned to a page; outlives the history
    explicit History(std::span<std::byte> memory);

    /// Gives the event the next id and keeps it. O(1), but for the records that it displaces.
    /// @param event  its text is plain (escape.h)
    /// @return the id
    std::uint64_t append(const Event& event);

    /// @return id of the oldest event kept; nextId() if there is none
    [[nodiscard]] std::uint64_t firstId() const { return header_->firstId; }
    /// @return id of the next event, from 1
    [[nodiscard]] std::uint64_t nextId() const { return header_->nextId; }
    [[nodiscard]] std::size_t bytesUsed() const { return header_->head - header_->tail; }
    /// @return bytes of records that fit
    [[nodiscard]] std::size_t capacity() const { return ring_.size(); }

    /// @param id  firstId() <= id < nextId()
    /// @return the event; valid until the next append()
    [[nodiscard]] EventView at(std::uint64_t id) const;

    /// @return id of the first event that was read at this CLOCK_BOOTTIME or later; nextId() if there is none
    [[nodiscard]] std::uint64_t findSince(std::chrono::microseconds boottime) const;
    /// @return the latest time at which an event was read that is no longer kept; before all times if all are
    [[nodiscard]] std::chrono::microseconds latestDropped() const;

private:
    struct Header {
        std::uint64_t firstId;
        std::uint64_t nextId;
        std::uint64_t head; // bytes ever written, gaps at the ring's end included; offset = head % ring size
        std::uint64_t tail; // the same for the oldest record
        std::int64_t latestUsec;        // Event::boottime, of all events
        std::int64_t latestDroppedUsec; // of those that are no longer kept
    };

    [[nodiscard]] std::uint64_t placeFor(std::size_t size) const;
    void dropOldest();
    [[nodiscard]] std::uint64_t& slot(std::uint64_t id) const { return index_[id % index_.size()]; }
    [[nodiscard]] const std::byte* record(std::uint64_t id) const { return &ring_[slot(id) % ring_.size()]; }

    Header* header_;
    std::span<std::uint64_t> index_;
    std::span<std::byte> ring_;
};

} // namespace keventd
