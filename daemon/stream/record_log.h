// A log that can be written anew, in memory that may outlive the process.
//
// It has two areas, of which one counts. What is still needed is written into the other one, which then
// counts instead: of the two, the one of the higher generation does.
#pragma once

#include "daemon/base/not_believed.h"
#include "daemon/stream/record_area.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <variant>

namespace keventd {

class RecordLog {
public:
    using Areas = std::array<RecordArea, 2>;

    /// Makes an empty log.
    explicit RecordLog(Areas areas);
    /// Takes up what a process before this one has left, which may be anything.
    [[nodiscard]] static std::variant<RecordLog, NotBelieved> open(Areas areas);

    /// @param number  not lower than those before
    /// @return false if there is no room: the log is as before
    [[nodiscard]] bool append(const Event& event, std::uint64_t number) {
        return current().append(event, number);
    }
    /// Of the area that counts, as RecordArea has them.
    [[nodiscard]] bool hasRoomFor(std::size_t bytes) { return current().hasRoomFor(bytes); }
    [[nodiscard]] std::size_t bytesUsed() const { return areas_[current_].bytesUsed(); }
    [[nodiscard]] std::size_t lastPlace() const { return areas_[current_].lastPlace(); }
    [[nodiscard]] std::uint64_t lastNumber() const { return areas_[current_].lastNumber(); }
    [[nodiscard]] std::size_t placeOf(std::span<const std::byte> record) const {
        return areas_[current_].placeOf(record);
    }
    void drop(std::size_t place) { current().drop(place); }
    /// Drops all records, and lets go of the memory of many.
    void clear() { current().giveBack(); }
    /// Puts other records in the place of all there are.
    /// @param write  appends them; returns false if there is no room
    /// @return what `write` returned; if false, the log is as before
    bool rewrite(const std::function<bool(RecordArea& area)>& write);

    /// @param visit  gets the records that have not been dropped, in their order
    void forEach(const std::function<void(std::span<const std::byte> record)>& visit) const {
        areas_[current_].forEach(visit);
    }

private:
    struct KeepWhatIsThere {};
    RecordLog(Areas areas, KeepWhatIsThere) : areas_(std::move(areas)) {}

    [[nodiscard]] RecordArea& current() { return areas_[current_]; }

    Areas areas_;
    std::size_t current_ = 0;
    std::uint64_t generation_ = 1;
};

} // namespace keventd
