// One subscriber's place in the stream: a cursor into the history, a filter, a window.
//
// It is sent what it has room for, and reads the rest from the history when it has acknowledged. If the
// history has overtaken it by then, it is told. So nobody is ever waited for, and nobody costs more memory
// than the window and what the connection holds.
#pragma once

#include "daemon/publish/peer.h"
#include "daemon/stream/filter.h"
#include "daemon/stream/history.h"

#include <cstdint>
#include <deque>

namespace keventd {

class Subscription {
public:
    /// @param next    id of the first event to look at; may be no longer kept
    /// @param window  events that may be unacknowledged
    Subscription(std::uint32_t number, Peer owner, Filter filter, std::uint64_t next, std::uint32_t window);

    [[nodiscard]] std::uint32_t number() const { return number_; }
    [[nodiscard]] const Peer& owner() const { return owner_; }
    /// @return id of the next event to look at
    [[nodiscard]] std::uint64_t next() const { return next_; }

    /// Opens the window: everything up to `id` has been taken. Ids that were never sent do no harm.
    void acknowledge(std::uint64_t id);

    /// Sends what may be sent, a bounded amount at a time.
    /// @return true if there is more to do that nothing but this turn's bound held back
    [[nodiscard]] bool pump(const History& history);

private:
    [[nodiscard]] bool mayLook(const History& history) const;
    [[nodiscard]] bool isBlocked() const;
    void tellLost(const History& history);
    void sendBatch(const History& history);
    void advance();

    std::uint32_t number_;
    Peer owner_;
    Filter filter_;
    std::uint64_t next_;
    std::uint64_t toldNext_;         // `next` of the last signal
    std::uint64_t acknowledgedNext_; // all before it has been acknowledged
    std::uint32_t window_;
    std::deque<std::uint64_t> unacknowledged_; // ids sent, at most window_
};

} // namespace keventd
