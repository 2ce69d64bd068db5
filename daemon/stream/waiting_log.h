// The events that have been read and have not left: what the next daemon finds of them after a kill.
//
// Each event is written down when it is read, before the memory that it was received in is used again, and
// carries its number in the log as its id until it has one in the stream. When it has left, its record is
// dropped; when all have left, as most do in the same turn, the log begins anew.
#pragma once

#include "daemon/base/rate_limit.h"
#include "daemon/stream/record_log.h"
#include "keventd/event.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace keventd {

class WaitingLog {
public:
    /// @param log  empty, or what an earlier daemon has left
    /// @return why this class would not have left it; nothing if it would
    [[nodiscard]] static std::optional<std::string> whyNot(const RecordLog& log);
    /// @param log  for which whyNot() says nothing
    explicit WaitingLog(RecordLog log);

    /// @return the events that an earlier daemon has left, in the order in which they were read; among them
    ///         may be the last that left
    [[nodiscard]] std::vector<Event> leftOver() const;
    /// @return the number of the last event that was ever added; 0 if none is known
    [[nodiscard]] std::uint64_t lastNumber() const { return first_ + places_.size() - 1; }

    /// Writes an event down, and gives it its number as id.
    /// @return false if there is no room, which is said on the log once in a while: it is lost if it has not
    ///         left when the daemon is killed
    bool add(Event& event);
    /// @param number  of an event that stands in the history, or is a repeat; 0: it is not in the log
    void remove(std::uint64_t number);

private:
    // Instead of the place of a record.
    static constexpr std::size_t HasLeft = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t NotWritten = HasLeft - 1;

    void goOnBehindTheLast();
    [[nodiscard]] bool isNeeded(std::uint64_t number) const;
    [[nodiscard]] bool write(const Event& event);
    bool shrink();
    void beginAnew();

    RecordLog log_;
    std::uint64_t first_ = 1;        // number of the first event in `places_`
    std::deque<std::size_t> places_; // of the records, by number
    std::size_t needed_ = 0;         // of these, have not left
    std::size_t written_ = 0;        // records in the log, also of those that have left
    RateLimit fullLog_;
};

} // namespace keventd
