// One subscriber's place in the stream: a cursor into the history, a filter, a window.
//
// It is sent what it has room for, and reads the rest from the history when it has acknowledged. If the
// history has overtaken it by then, it is told. So nobody is ever waited for, and nobody costs more memory
// than what it may leave unacknowledged and what the connection holds.
#pragma once

#include "daemon/base/turn_budget.h"
#include "daemon/publish/client_account.h"
#include "daemon/publish/peer.h"
#include "daemon/stream/filter.h"
#include "daemon/stream/history.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace keventd {

class Subscription {
public:
    enum class Progress {
        Done,    ///< has been sent all that there is
        Full,    ///< there is more, but no room for it until its client acknowledges
        Blocked, ///< there is more, but the connection cannot take it until the other end has read
        More,    ///< there is more, and room for it; the turn has ended
    };

    /// What it does until something happens.
    enum class State {
        Asleep,  ///< has been sent all that there is for it
        Awake,   ///< is sent more in its turn
        Full,    ///< waits until its client acknowledges
        Blocked, ///< waits until its connection can take more
    };

    /// @param account  of the owner; outlives the subscription
    /// @param next     id of the first event to look at; may be no longer kept
    /// @param window   events that may be unacknowledged
    /// @throws BusError if the account does not allow one more
    Subscription(std::uint32_t number, Peer owner, ClientAccount& account, Filter filter, std::uint64_t next,
                 std::uint32_t window);
    Subscription(const Subscription&) = delete;
    Subscription& operator=(const Subscription&) = delete;
    ~Subscription();

    [[nodiscard]] std::uint32_t number() const { return number_; }
    [[nodiscard]] const Peer& owner() const { return owner_; }
    /// @return of the owner; nothing if it could not be told
    [[nodiscard]] std::optional<uid_t> user() const { return account_.user(); }
    /// @return id of the next event to look at
    [[nodiscard]] std::uint64_t next() const { return next_; }
    /// @return whether it has not looked at any event yet
    [[nodiscard]] bool isNew() const { return next_ == first_; }
    [[nodiscard]] const Filter& filter() const { return filter_; }
    /// It has been sent all that there is, and need not be looked at until wakeAt().
    void fallAsleep() { isAsleep_ = keepsUp_ = true; }
    [[nodiscard]] bool isAsleep() const { return isAsleep_; }
    /// Ends its sleep; nothing before this id matches.
    /// @return false if it was awake
    bool wakeAt(std::uint64_t id);
    /// It has a backlog: from its beginning, or because it has not acknowledged in time.
    void fallBehind() { keepsUp_ = false; }
    /// @return whether it has been sent all that there was, and since then whatever came
    [[nodiscard]] bool keepsUp() const { return keepsUp_; }
    /// @return whether nothing more can be sent now
    [[nodiscard]] bool isBlocked() const;
    [[nodiscard]] State state() const;
    /// @return events that may be unacknowledged
    [[nodiscard]] std::uint32_t window() const { return window_; }
    [[nodiscard]] std::size_t unacknowledgedEvents() const { return unacknowledged_.size(); }
    [[nodiscard]] std::size_t unacknowledgedBytes() const;
    /// @return how many ids it has been told that it is not sent
    [[nodiscard]] std::uint64_t lost() const { return lost_; }

    /// @return how far `next` may run ahead of what a subscriber was told while nothing matches
    [[nodiscard]] static std::uint64_t advanceInterval(const History& history);

    /// Tells it, if it is time, that nothing before this id matches; it is asleep, and stays so.
    /// @throws FatalError if that cannot be sent
    void tellReached(std::uint64_t id, const History& history);

    /// Opens the window: everything up to `id` has been taken. Of ids that were never sent, nothing is
    /// remembered. One who has not read what he acknowledges fills his connection (Blocked) or, on a bus, the
    /// broker's memory (BrokerConnection).
    void acknowledge(std::uint64_t id);

    /// Sends what may be sent, at most one batch of events; looks at one event at least, if it may look at
    /// any.
    /// @throws FatalError if a signal cannot be sent; nothing is lost then, the next call tries again
    [[nodiscard]] Progress pump(const History& history, const TurnBudget& budget);

    /// Gives up what there is, and tells so.
    /// @throws FatalError if that cannot be sent; nothing has changed then
    [[nodiscard]] Progress skip(const History& history);

private:
    struct Sent {
        std::uint64_t id;
        std::uint32_t bytes;
    };

    [[nodiscard]] bool isBehind(const History& history) const { return next_ < history.nextId(); }
    [[nodiscard]] bool maySee(const EventView& event) const;
    [[nodiscard]] bool hasRoomBeside(const std::vector<Sent>& batch, std::size_t batchBytes) const;
    void tellLostUpTo(std::uint64_t end);
    void sendBatch(const History& history, const TurnBudget& budget);
    void remember(const std::vector<Sent>& batch);
    [[nodiscard]] bool mustAdvance(const History& history) const;
    void advance();

    std::uint32_t number_;
    Peer owner_;
    ClientAccount& account_;
    Filter filter_;
    std::uint64_t first_; // of the events that it began with
    std::uint64_t next_;
    std::uint64_t toldNext_;         // `next` of the last signal
    std::uint64_t acknowledgedNext_; // all before it has been acknowledged
    std::uint64_t lost_ = 0;
    std::uint32_t window_;
    bool isAsleep_ = false;
    bool keepsUp_ = true;
    std::deque<Sent> unacknowledged_; // at most window_
};

} // namespace keventd
