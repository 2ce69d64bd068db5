// The events that have been read and have not left: what the next daemon finds of them when this one is
// killed.
//
// Each event is written down when it is read, before the memory that it was received in is used again, and
// carries its number in the log as its id until it has one in the stream. Most leave in the same turn; when
// all have left, the log begins anew.
#pragma once

#include "daemon/base/rate_limit.h"
#include "daemon/stream/record_log.h"
#include "keventd/event.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace keventd {

class WaitingLog {
public:
    /// @param log  empty, or what an earlier daemon has left
    explicit WaitingLog(RecordLog log);

    /// @return the events that an earlier daemon has left, in the order in which they were read; some of them
    ///         stand in the history
    [[nodiscard]] std::vector<Event> leftOver() const;

    /// @return the number of the last event that was ever added; 0 if none is known
    [[nodiscard]] std::uint64_t lastNumber() const { return first_ + isNeeded_.size() - 1; }

    /// Writes an event down, and gives it its number as id. Without room, says so on the log once in a while:
    /// it is lost then if the daemon is killed before it has left.
    void add(Event& event);
    /// @param number  of an event that stands in the history, or is a repeat; 0: it is not in the log
    void remove(std::uint64_t number);

private:
    [[nodiscard]] bool isNeeded(std::uint64_t number) const;
    [[nodiscard]] bool makeRoom();
    void beginAnew();

    RecordLog log_;
    std::uint64_t first_ = 1;   // number of the first event that the log begins with
    std::deque<bool> isNeeded_; // by number, from first_ on
    std::size_t needed_ = 0;
    std::size_t written_ = 0; // records in the log
    bool isFull_ = false;     // until all have left
    RateLimit fullLog_;
};

} // namespace keventd
