#include "daemon/publish/publisher.h"

#include "daemon/base/errors.h"
#include "daemon/base/logging.h"
#include "daemon/base/text.h"
#include "daemon/publish/bus_error.h"
#include "dbus/names.h"

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

Publisher::Publisher(EventLoop& loop, const Stream& stream)
    : stream_(stream), afterTurn_(loop.addPost("publish", [this] { pump(); })),
      again_(loop.addDefer("publish more", [] {})) {}

const Subscription& Publisher::subscribe(const Peer& owner, SubscribeOptions&& options) {
    const std::uint64_t first = firstIdWanted(options, stream_, stream_.history().nextId());
    ClientAccount& account = accounts_[owner];
    if (account.subscriptions >= ClientAccount::MaxSubscriptions) {
        throw BusError(names::error::LimitExceeded,
                       text("more than ", ClientAccount::MaxSubscriptions, " subscriptions of one client"));
    }
    isUnfinished_ = true;
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
    isUnfinished_ = true;
}

void Publisher::whenSettled(const Peer& owner, std::uint64_t seqnum, std::function<void()> done) {
    ClientAccount& account = accounts_[owner];
    if (account.waitingSyncs >= ClientAccount::MaxWaitingSyncs) {
        throw BusError(names::error::LimitExceeded,
                       text("more than ", ClientAccount::MaxWaitingSyncs, " calls of Sync waiting"));
    }
    ++account.waitingSyncs;
    waiters_.push_back({owner, seqnum, std::move(done), {}});
}

void Publisher::dropClient(const Peer& owner) {
    forget([&owner](const Peer& peer) { return peer == owner; });
}

void Publisher::dropConnection(sd_bus* bus) {
    forget([bus](const Peer& peer) { return peer.bus == bus; });
}

void Publisher::forget(const std::function<bool(const Peer&)>& gone) {
    std::erase_if(subscriptions_, [&gone](const auto& entry) { return gone(entry.second.owner()); });
    std::erase_if(waiters_, [&gone](const Waiter& waiter) { return gone(waiter.owner); });
    std::erase_if(accounts_, [&gone](const auto& entry) { return gone(entry.first); });
}

// Most turns bring nothing for anybody: somebody's call, a message that was written.
void Publisher::pump() {
    if (isUnfinished_ || pumpedUpTo_ != stream_.history().nextId()) pumpAll();
    if (!waiters_.empty()) answerSettled();
}

// If all are served, the next turn begins with another one: where many share a connection that is slow to
// write, the first ones would otherwise fill it every time. If the time is over before, it goes on behind the
// last.
void Publisher::pumpAll() {
    const TurnBudget budget;
    pumpedUpTo_ = stream_.history().nextId();
    isUnfinished_ = false;
    bool more = false;
    auto entry = orFirst(subscriptions_.upper_bound(turnAfter_));
    if (entry != subscriptions_.end()) turnAfter_ = entry->first;
    for (std::size_t left = subscriptions_.size(); left > 0; --left, entry = orFirst(std::next(entry))) {
        const auto progress = pumpOne(entry->second, budget);
        isUnfinished_ |= progress != Subscription::Progress::Done;
        more |= progress == Subscription::Progress::More;
        if (left == 1 || !budget.isSpent()) continue;
        turnAfter_ = entry->first;
        isUnfinished_ = more = true;
        break;
    }
    if (more) again_->defer();
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
    for (Waiter& waiter : waiters_) {
        if (!isReached(waiter)) continue;
        waiter.done();
        --accounts_[waiter.owner].waitingSyncs;
        waiter.done = nullptr;
    }
    std::erase_if(waiters_, [](const Waiter& waiter) { return !waiter.done; });
}

// Whoever has a backlog and no room for it is not waited for.
bool Publisher::isReached(Waiter& waiter) const {
    if (!waiter.next && stream_.sequencer().settled(waiter.seqnum)) waiter.next = stream_.history().nextId();
    return waiter.next &&
           std::all_of(subscriptions_.begin(), subscriptions_.end(), [&waiter](const auto& entry) {
               return entry.second.next() >= *waiter.next || entry.second.isBlocked();
           });
}

Subscription* Publisher::find(const Peer& owner, std::uint32_t number) {
    const auto entry = subscriptions_.find(number);
    return entry != subscriptions_.end() && entry->second.owner() == owner ? &entry->second : nullptr;
}

} // namespace keventd
