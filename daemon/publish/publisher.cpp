#include "daemon/publish/publisher.h"

#include "daemon/base/errors.h"
#include "daemon/base/logging.h"
#include "daemon/base/text.h"
#include "daemon/publish/bus_error.h"
#include "dbus/names.h"

#include <algorithm>
#include <utility>

namespace keventd {
namespace {

constexpr std::size_t MaxWaitersPerClient = 64;

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
      again_(loop.addDefer("publish more", [] {})) {
    again_->disable();
}

const Subscription& Publisher::subscribe(const Peer& owner, SubscribeOptions&& options) {
    const auto owned = std::count_if(subscriptions_.begin(), subscriptions_.end(),
                                     [&owner](const auto& entry) { return entry.second.owner() == owner; });
    if (static_cast<std::size_t>(owned) >= MaxSubscriptionsPerClient) {
        throw BusError(names::error::LimitExceeded,
                       text("more than ", MaxSubscriptionsPerClient, " subscriptions of one client"));
    }
    const std::uint64_t first = firstIdWanted(options, stream_, stream_.history().nextId());
    const std::uint32_t window = options.window.value_or(SubscribeOptions::DefaultWindow);
    const std::uint32_t number = ++lastNumber_;
    return subscriptions_.try_emplace(number, number, owner, std::move(options.filter), first, window)
        .first->second;
}

void Publisher::unsubscribe(const Peer& owner, std::uint32_t number) {
    if (find(owner, number) == nullptr) {
        throw BusError(names::error::NoSuchSubscription, text("no subscription ", number, " of this client"));
    }
    subscriptions_.erase(number);
}

void Publisher::acknowledge(const Peer& owner, std::uint32_t number, std::uint64_t id) {
    if (Subscription* subscription = find(owner, number)) subscription->acknowledge(id);
}

void Publisher::whenSettled(const Peer& owner, std::uint64_t seqnum, std::function<void()> done) {
    const auto waiting = std::count_if(waiters_.begin(), waiters_.end(),
                                       [&owner](const Waiter& waiter) { return waiter.owner == owner; });
    if (static_cast<std::size_t>(waiting) >= MaxWaitersPerClient) {
        throw BusError(names::error::LimitExceeded,
                       text("more than ", MaxWaitersPerClient, " calls of Sync waiting"));
    }
    waiters_.push_back({owner, seqnum, std::move(done)});
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
}

// Each turn begins with another subscription: where many share a connection that is slow to write, the first
// ones would otherwise fill it every time.
void Publisher::pump() {
    bool more = false;
    std::vector<std::uint32_t> turn;
    for (const auto& [number, subscription] : subscriptions_) turn.push_back(number);
    std::rotate(turn.begin(), std::upper_bound(turn.begin(), turn.end(), firstOfTurn_), turn.end());
    if (!turn.empty()) firstOfTurn_ = turn.front();
    for (const std::uint32_t number : turn) more |= pumpOne(subscriptions_.at(number));
    answerSettled();
    if (more) again_->enableOnce();
}

// One subscriber's trouble is its own: the others, and the daemon, go on.
bool Publisher::pumpOne(Subscription& subscription) {
    try {
        return subscription.pump(stream_.history());
    } catch (const FatalError& error) {
        logError(text("subscription ", subscription.number(), ": ", error.what(), ", ending it"));
        subscriptions_.erase(subscription.number());
        return false;
    }
}

void Publisher::answerSettled() {
    const auto settled = [this](const Waiter& waiter) { return stream_.sequencer().settled(waiter.seqnum); };
    for (Waiter& waiter : waiters_) {
        if (settled(waiter)) waiter.done();
    }
    std::erase_if(waiters_, settled);
}

Subscription* Publisher::find(const Peer& owner, std::uint32_t number) {
    const auto entry = subscriptions_.find(number);
    return entry != subscriptions_.end() && entry->second.owner() == owner ? &entry->second : nullptr;
}

} // namespace keventd
