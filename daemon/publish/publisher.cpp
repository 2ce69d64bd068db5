#include "daemon/publish/publisher.h"

#include "daemon/base/errors.h"
#include "daemon/base/logging.h"
#include "daemon/base/text.h"
#include "daemon/publish/bus_error.h"
#include "keventd/names.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace keventd {
namespace {

// Which of the events that are no longer kept were read since then nobody knows any more: any of them.
std::uint64_t firstIdSince(std::chrono::microseconds boottime, const History& history) {
    return history.latestDropped() >= boottime ? 1 : history.findSince(boottime);
}

} // namespace

std::uint64_t firstIdWanted(const SubscribeOptions& options, const Stream& stream, std::uint64_t otherwise) {
    const History& history = stream.history();
    if (options.stream && *options.stream != stream.id()) {
        throw BusError(names::error::StreamChanged,
                       text("stream ", *options.stream, " is gone, this is ", stream.id()));
    }
    if (options.sinceBoottime) return firstIdSince(*options.sinceBoottime, history);
    if (!options.since) return otherwise;
    if (*options.since > history.nextId()) {
        throw BusError(names::error::InvalidOption, text("option 'since': ", *options.since,
                                                         " is beyond the next id, ", history.nextId()));
    }
    return *options.since == 0 ? history.firstId() : *options.since;
}

Publisher::Publisher(EventLoop& loop, const Stream& stream, Clients& clients)
    : stream_(stream), clients_(clients), afterTurn_(loop.addPost("publish", [this] { pump(); })),
      again_(loop.addDefer("publish more", [] {})) {
    clients_.whenGone([this](const Clients::HasGone& hasGone) { forget(hasGone); });
}

const Subscription& Publisher::subscribe(const Peer& owner, SubscribeOptions&& options) {
    const std::uint64_t first = firstIdWanted(options, stream_, stream_.history().nextId());
    ClientAccount& account = clients_.accountOf(owner);
    if (account.subscriptions >= ClientAccount::MaxSubscriptions) {
        throw BusError(names::error::LimitExceeded,
                       text("more than ", ClientAccount::MaxSubscriptions, " subscriptions of one client"));
    }
    hasNews_ = true;
    const std::uint32_t window = options.window.value_or(SubscribeOptions::DefaultWindow);
    const std::uint32_t number = freeNumber();
    return subscriptions_
        .try_emplace(number, number, owner, account, std::move(options.filter), first, window)
        .first->second;
}

// Numbers are used again only after all others.
std::uint32_t Publisher::freeNumber() {
    do {
        ++lastNumber_;
    } while (lastNumber_ == 0 || subscriptions_.contains(lastNumber_));
    return lastNumber_;
}

void Publisher::unsubscribe(const Peer& owner, std::uint32_t number) {
    if (find(owner, number) == nullptr) {
        throw BusError(names::error::NoSuchSubscription, text("no subscription ", number, " of this client"));
    }
    subscriptions_.erase(number);
}

void Publisher::acknowledge(const Peer& owner, std::uint32_t number, std::uint64_t id) {
    Subscription* subscription = find(owner, number);
    if (subscription == nullptr) return;
    subscription->acknowledge(id);
    hasNews_ = true;
}

void Publisher::whenSettled(const Peer& owner, std::uint64_t seqnum, std::function<void()> done) {
    clients_.accountOf(owner).beginCall();
    waiters_.push_back({owner, seqnum, std::move(done), {}});
}

void Publisher::forget(const Clients::HasGone& hasGone) {
    std::erase_if(subscriptions_, [&](const auto& entry) { return hasGone(entry.second.owner()); });
    std::erase_if(waiters_, [&](const Waiter& waiter) { return hasGone(waiter.owner); });
}

// Most turns bring nothing for anybody: somebody's call, a message that was written.
void Publisher::pump() {
    const std::uint64_t next = stream_.history().nextId();
    if (hasNews_ || pumpedUpTo_ != next || (someBlocked_ && left_ == 0)) {
        pumpedUpTo_ = next;
        hasNews_ = someBlocked_ = false;
        left_ = subscriptions_.size();
    }
    if (left_ > 0) pumpRound();
    if (!waiters_.empty()) answerSettled();
}

// If the time is over before the round, the next turn goes on behind the last that was served. A round that
// was served as a whole is followed by one that begins with another: where many share a connection that is
// slow to write, the first ones would otherwise fill it every time.
void Publisher::pumpRound() {
    const TurnBudget budget;
    left_ = std::min(left_, subscriptions_.size());
    auto entry = orFirst(subscriptions_.upper_bound(turnAfter_));
    if (left_ > 0) turnAfter_ = entry->first;
    while (left_ > 0) {
        const auto progress = pumpOne(entry->second, budget);
        someBlocked_ |= progress == Subscription::Progress::Blocked;
        hasNews_ |= progress == Subscription::Progress::More;
        if (--left_ > 0 && budget.isSpent()) {
            turnAfter_ = entry->first;
            break;
        }
        entry = orFirst(std::next(entry));
    }
    if (left_ > 0 || hasNews_) again_->defer();
}

Publisher::Subscriptions::iterator Publisher::orFirst(Subscriptions::iterator entry) {
    return entry == subscriptions_.end() ? subscriptions_.begin() : entry;
}

// One subscriber's trouble is its own: the others, and the daemon, go on. What it cannot be sent is lost to
// it, and told.
Subscription::Progress Publisher::pumpOne(Subscription& subscription, const TurnBudget& budget) {
    const History& history = stream_.history();
    try {
        return subscription.pump(history, budget);
    } catch (const std::exception& error) {
        logWarning(
            text("subscription ", subscription.number(), ": ", error.what(), ", telling what is lost to it"),
            failureLog_);
    }
    try {
        return subscription.skip(history);
    } catch (const std::exception&) {
        return Subscription::Progress::Blocked; // nothing can be sent; it is tried again
    }
}

void Publisher::answerSettled() {
    bool isAnyPast = false; // some wait only for the subscribers
    for (Waiter& waiter : waiters_) {
        if (!waiter.next && stream_.sequencer().settled(waiter.seqnum))
            waiter.next = stream_.history().nextId();
        isAnyPast |= waiter.next.has_value();
    }
    if (!isAnyPast) return;
    const std::uint64_t reached = reachedByAll();
    for (Waiter& waiter : waiters_) {
        if (!waiter.next || *waiter.next > reached) continue;
        waiter.done();
        clients_.accountOf(waiter.owner).endCall();
        waiter.done = nullptr;
    }
    std::erase_if(waiters_, [](const Waiter& waiter) { return !waiter.done; });
}

// Whoever has a backlog and no room for it is not waited for.
std::uint64_t Publisher::reachedByAll() const {
    std::uint64_t reached = stream_.history().nextId();
    for (const auto& [number, subscription] : subscriptions_) {
        if (subscription.next() < reached && !subscription.isBlocked()) reached = subscription.next();
    }
    return reached;
}

Subscription* Publisher::find(const Peer& owner, std::uint32_t number) {
    const auto entry = subscriptions_.find(number);
    return entry != subscriptions_.end() && entry->second.owner() == owner ? &entry->second : nullptr;
}

} // namespace keventd
