// Records one behind the other, from the beginning of a stretch of memory that may outlive the process: what
// was appended is there for the next one, wherever this one was killed. Behind each stands a word that says
// whether it still counts.
#pragma once

#include "daemon/base/commit_word.h"
#include "daemon/base/reserve.h"
#include "keventd/event.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

namespace keventd {

class RecordArea {
public:
    static constexpr std::size_t MinBytes = std::size_t{128} * 1024;
    /// An event as it is received; escaped, each byte as four, it still fits the history.
    static constexpr std::size_t MaxRecordBytes = std::size_t{31} * 1024;

    /// Leaves the memory as it is: restore() or begin() says what is made of it.
    /// @param memory   at least MinBytes, aligned to RecordAlignment; outlives the area
    /// @param reserve  nothing: all of it may be touched at any time
    /// @param release  nothing: there is nobody who could use it
    explicit RecordArea(std::span<std::byte> memory, Reserve reserve = {}, Release release = {});

    /// Empties it.
    void begin(std::uint64_t generation);
    /// Takes up the records that a process before this one has left.
    /// @return what is wrong with them; nothing if they can be viewed, and their numbers do not fall
    [[nodiscard]] std::optional<std::string> restore();

    /// @param number  not lower than those before
    /// @return false if there is no room, or the record is longer than MaxRecordBytes
    [[nodiscard]] bool append(const Event& event, std::uint64_t number);
    /// @param record  of another area
    [[nodiscard]] bool append(std::span<const std::byte> record);
    /// @return where the record is that was appended last, for drop()
    [[nodiscard]] std::size_t lastPlace() const { return last_; }
    /// @return the number of the last record, dropped or not; 0 if there is none
    [[nodiscard]] std::uint64_t lastNumber() const { return lastNumber_; }
    /// @param record  of this area, as visited
    [[nodiscard]] std::size_t placeOf(std::span<const std::byte> record) const;
    /// Drops one record: it is not visited any more, its bytes stay.
    void drop(std::size_t place);
    /// Drops all records.
    void clear();
    /// Drops all records, and lets go of the memory of many.
    void giveBack();
    /// @return of records and their words
    [[nodiscard]] std::size_t bytesUsed() const { return end_; }

    /// @param bytes  of records and their words
    /// @return they can be appended; has them allocated
    [[nodiscard]] bool hasRoomFor(std::size_t bytes);

    void forEach(const std::function<void(std::span<const std::byte> record)>& visit) const;

    /// @return the number given to begin() or become(); nothing if the memory is damaged
    [[nodiscard]] std::optional<std::uint64_t> generation() const { return header_->generation.load(); }
    void become(std::uint64_t generation) { header_->generation.store(generation); }

private:
    struct Header {
        CommitWord generation;
        CommitWord end; ///< bytes of records
    };

    static constexpr std::size_t WordBytes = sizeof(CommitWord);
    static constexpr std::size_t KeptBytes = std::size_t{1024} * 1024; // of few, which come again and again

    [[nodiscard]] CommitWord& wordBehind(std::size_t place, std::size_t size) const;
    void commit(std::size_t size, std::uint64_t number);

    Reserve reserve_;
    Release release_;
    Header* header_;
    std::span<std::byte> records_;
    std::size_t usable_ = 0;
    std::size_t end_ = 0;
    std::size_t last_ = 0;
    std::uint64_t lastNumber_ = 0;
};

} // namespace keventd
