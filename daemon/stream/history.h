// The last events of the stream, as many as fit: a ring of records, found by id.
//
// The memory belongs to somebody else and may be a file that outlives the process: whoever maps it next takes
// up what was appended, wherever this one was killed. So it holds no pointer, and of three numbers
// (CommitWord) two say what is kept: where the oldest record is, and which id comes next. Records follow one
// another from there; all else is found by reading them. An append changes nothing that is kept, first drops
// the oldest records whose bytes are needed, then writes, and is there when the next id is stored.
//
// A record does not wrap. Where the next one would, or where memory cannot be had, a mark of eight zero bytes
// ends the ring, for which each record leaves room. The index of places by id belongs to the process.
#pragma once

#include "daemon/base/commit_word.h"
#include "daemon/base/mapped_memory.h"
#include "daemon/base/not_believed.h"
#include "daemon/base/reserve.h"
#include "keventd/event.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>

namespace keventd {

class History {
public:
    /// The least memory that makes sense: room for several of the longest events (8 KiB received, each byte
    /// escaped as four).
    static constexpr std::size_t MinBytes = 256 * 1024;

    /// Makes an empty history.
    /// @param memory  at least MinBytes, aligned to a page; outlives the history
    /// @param reserve  gives MinBytes at least; where it gives less than was asked for, the history does with
    ///                 it and drops the oldest sooner, and asks again when it comes there the next time.
    ///                 Nothing: all of the memory may be touched at any time
    explicit History(std::span<std::byte> memory, Reserve reserve = {});

    /// Takes up what a process before this one has left, which may be anything.
    /// @param memory, reserve  as of the constructor; the memory stays as it is until the first append()
    [[nodiscard]] static std::variant<History, NotBelieved> open(std::span<std::byte> memory,
                                                                 Reserve reserve = {});

    /// Gives the event the next id and keeps it. O(1), but for the records that it displaces.
    /// @param event  its text is plain (escape.h)
    /// @return the id
    std::uint64_t append(const Event& event);

    /// @return id of the oldest event kept; nextId() if there is none
    [[nodiscard]] std::uint64_t firstId() const { return firstId_; }
    /// @return id of the next event, from 1
    [[nodiscard]] std::uint64_t nextId() const { return nextId_; }
    [[nodiscard]] std::size_t bytesUsed() const { return head_ - tail_; }
    /// @return the most that bytesUsed() can be, when all of the memory can be had
    [[nodiscard]] std::size_t capacity() const { return ring_.size(); }

    /// @param id  firstId() <= id < nextId()
    /// @return the event; valid until the next append()
    [[nodiscard]] EventView at(std::uint64_t id) const;

    /// @return id of the first event that was read at this CLOCK_BOOTTIME or later; nextId() if there is none
    [[nodiscard]] std::uint64_t findSince(std::chrono::microseconds boottime) const;
    /// @return the latest time at which an event was read that is no longer kept; before all times if all are
    [[nodiscard]] std::chrono::microseconds latestDropped() const { return latestDropped_; }

private:
    struct Header {
        CommitWord oldest; // offset of the oldest record in the ring; NoRecord
        CommitWord nextId;
        CommitWord latestDropped; // encoded; says perhaps of the oldest record that it is no longer kept
    };
    static constexpr std::uint64_t NoRecord = CommitWord::MaxValue;
    static constexpr std::size_t EndMarkBytes = 8;
    // Two of them always fit: so an append never needs more than the least memory that there is.
    static constexpr std::size_t MaxRecordBytes = (MinBytes - sizeof(Header) - EndMarkBytes) / 2;
    struct KeepWhatIsThere {};

    History(std::span<std::byte> memory, Reserve reserve, KeepWhatIsThere);

    [[nodiscard]] std::optional<std::string> restore();
    [[nodiscard]] std::optional<std::string> restoreRecords(std::uint64_t oldest);
    [[nodiscard]] bool restoreRecord(std::uint64_t id);
    [[nodiscard]] std::uint64_t findPlaceOfNext();
    [[nodiscard]] std::span<const std::byte> findRecord(std::uint64_t offset);

    [[nodiscard]] std::uint64_t placeFor(std::size_t size);
    [[nodiscard]] bool canTouch(std::uint64_t end);
    void makeRoom(std::uint64_t place, std::size_t size);
    void dropOldest();

    [[nodiscard]] bool isEmpty() const { return firstId_ == nextId_; }
    [[nodiscard]] std::uint64_t& slot(std::uint64_t id) const { return index_[id % index_.size()]; }
    [[nodiscard]] std::uint64_t offsetOf(std::uint64_t place) const { return place % ring_.size(); }
    [[nodiscard]] const std::byte* record(std::uint64_t id) const { return &ring_[offsetOf(slot(id))]; }

    Reserve reserve_;
    Header* header_;
    std::span<std::byte> ring_;
    MappedMemory indexMemory_;
    std::span<std::uint64_t> index_; // places: bytes ever written, gaps at the ring's end included
    std::uint64_t usable_ = 0;       // bytes of the ring that may be touched
    std::uint64_t firstId_ = 1;
    std::uint64_t nextId_ = 1;
    std::uint64_t head_ = 0;                                              // place behind the newest record
    std::uint64_t tail_ = 0;                                              // place of the oldest
    std::chrono::microseconds latest_ = std::chrono::microseconds::min(); // Event::boottime, of all events
    std::chrono::microseconds latestDropped_ = std::chrono::microseconds::min();
};

} // namespace keventd
