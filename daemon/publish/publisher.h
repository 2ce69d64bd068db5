// All subscriptions, and the turns in which they are served.
//
// Serving follows reading: after each turn of the loop in which anything happened (events, an
// acknowledgement, a connection that could write again), every subscription that is behind gets what it has
// room for, as far as the time of the turn goes; the next turn begins behind the last that was served.
// Users are served in turns: nobody waits longer because another has many subscriptions.
//
// Most subscriptions are asleep most of the time: they have been sent all that is theirs, and no event since
// then concerns them. An event wakes those that it may concern.
#pragma once

#include "daemon/base/event_loop.h"
#include "daemon/base/rate_limit.h"
#include "daemon/publish/clients.h"
#include "daemon/publish/serving_order.h"
#include "daemon/publish/subscribe_options.h"
#include "daemon/publish/subscription.h"
#include "daemon/publish/subscription_index.h"
#include "daemon/stream/stream.h"

#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace keventd {

class Publisher {
public:
    /// @param stream, clients  outlive the publisher
    Publisher(EventLoop& loop, const Stream& stream, Clients& clients);
    Publisher(const Publisher&) = delete;
    Publisher& operator=(const Publisher&) = delete;

    /// Starts a subscription; its first signal comes after the caller has replied.
    /// @throws BusError
    const Subscription& subscribe(const Peer& owner, SubscribeOptions&& options);
    /// @throws BusError if the subscription is not the owner's
    void unsubscribe(const Peer& owner, std::uint32_t number);
    void acknowledge(const Peer& owner, std::uint32_t number, std::uint64_t id);

    /// Calls `done` once the kernel's events up to `seqnum` have left, and whoever keeps up has been sent
    /// them.
    /// @throws BusError if too many of this client's are waiting
    void whenSettled(const Peer& owner, std::uint64_t seqnum, std::function<void()> done);

    [[nodiscard]] std::size_t subscriptions() const { return subscriptions_.size(); }
    /// @return the subscription with the lowest number above this one, from 0 on; nullptr if there is none.
    ///         Valid until the next call
    [[nodiscard]] const Subscription* findAfter(std::uint32_t number) const;
    /// @return id of the first event that it may still have to be sent
    [[nodiscard]] std::uint64_t nextOf(const Subscription& subscription) const;

private:
    using Subscriptions = std::map<std::uint32_t, Subscription>;
    using ByNumber = std::map<std::uint32_t, Subscription*>;

    struct Waiter {
        Peer owner;
        std::uint64_t seqnum;
        std::function<void()> done;
        std::optional<std::uint64_t> next; ///< the stream's, once all up to `seqnum` has left
    };

    void pump();
    [[nodiscard]] bool wakeConcerned();
    void wakeAt(std::uint64_t id, Subscription& subscription);
    void wakeAllAt(std::uint64_t id);
    void tourSleepers();
    void tellReached(Subscription& subscription);
    void pumpRound();
    void layToRest(Subscription& subscription, Subscription::Progress progress);
    void wakeFull(const ByNumber& subscriptions);
    void wakeFullOf(const Peer& owner);
    void wakeAllFull();
    [[nodiscard]] Subscription::Progress pumpOne(Subscription& subscription, const TurnBudget& budget);
    [[nodiscard]] std::optional<Subscription::Progress> tryToPump(Subscription& subscription,
                                                                  const TurnBudget& budget);
    [[nodiscard]] Subscription::Progress skip(Subscription& subscription);
    void answerSettled();
    [[nodiscard]] std::uint64_t reachedByAll() const;
    [[nodiscard]] std::uint32_t freeNumber();
    [[nodiscard]] Subscription* find(const Peer& owner, std::uint32_t number);
    Subscriptions::iterator erase(Subscriptions::iterator entry);
    void forget(const Clients::HasGone& hasGone);

    const Stream& stream_;
    Clients& clients_;
    Subscriptions subscriptions_;
    SubscriptionIndex index_;
    ServingOrder awake_; // those that may have to be sent something
    std::map<Peer, ByNumber>
        full_;               // those that wait for an acknowledgement of their owner; the rest is asleep
    std::size_t asleep_ = 0; // so many; nothing before lookedAtUpTo_ concerns them
    std::uint32_t lastNumber_ = 0;
    std::uint64_t lookedAtUpTo_ = 1; // whom the events before this id concern has been looked up
    std::uint64_t lastTourAt_ = 1;   // id when those that sleep were last told how far the stream has gone
    std::uint32_t tourAfter_ = UINT32_MAX; // number of the last that has been told; the greatest if all have
    bool hasNews_ = false;                 // somebody may be sent something, although there are no new events
    bool someBlocked_ = false;             // somebody may be sent something when a message has been written
    std::vector<Waiter> waiters_;
    RateLimit failureLog_;
    RateLimit lostLog_;
    EventLoop::Handle afterTurn_;
    EventLoop::Handle again_; // there is more to send: another turn, without waiting for anything
};

/// @return id of the first event that the options ask for; `otherwise` where they do not say
/// @throws BusError StreamChanged
[[nodiscard]] std::uint64_t firstIdWanted(const SubscribeOptions& options, const Stream& stream,
                                          std::uint64_t otherwise);

} // namespace keventd
