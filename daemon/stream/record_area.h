// Records one behind the other, from the beginning of a stretch of memory that may outlive the process: what
// was appended is there for the next one, wherever this one was killed.
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
    /// Room for the words, and for one of the longest events.
    static constexpr std::size_t MinBytes = 128 * 1024;

    /// Leaves the memory as it is: restore() or begin() says what is made of it.
    /// @param memory   at least MinBytes, aligned to RecordAlignment; outlives the area
    /// @param reserve  nothing: all of it may be touched at any time
    explicit RecordArea(std::span<std::byte> memory, Reserve reserve = {});

    /// Empties it.
    void begin(std::uint64_t generation);
    /// Takes up the records that a process before this one has left.
    /// @return what is wrong with them; nothing if they can be viewed, and their numbers rise
    [[nodiscard]] std::optional<std::string> restore();

    /// @param number  higher than those before
    /// @return false if there is no room
    [[nodiscard]] bool append(const Event& event, std::uint64_t number);
    /// @param record  of another area
    [[nodiscard]] bool append(std::span<const std::byte> record);
    /// Drops all records.
    void clear();

    /// @return so many bytes can be appended; has them allocated
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

    void commit(std::size_t bytes);

    Reserve reserve_;
    Header* header_;
    std::span<std::byte> records_;
    std::size_t usable_ = 0;
    std::size_t end_ = 0;
};

} // namespace keventd
