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

// Each costs as much as some events; together, a part of what a turn takes.
constexpr std::size_t TouredInTurn = 64;
// No subscription has this number before all others have had theirs.
constexpr std::uint32_t NoTour = UINT32_MAX;

// Which of the events that are no longer kept were read since then nobody knows any more: any of them.
std::uint64_t firstIdSince(std::chrono::microseconds boottime, const History& history) {
    return history.latestDropped() >= boottime ? 1 : history.findSince(boottime);
}

std::string ownerOf(const Subscription& subscription) {
    const std::string& name = subscription.owner().name;
    return name.empty() ? "private" : name;
}

std::string userOf(const Subscription& subscription) {
    return subscription.user() ? std::to_string(*subscription.user()) : "unknown";
}

void tellLost(const Subscription& subscription, std::uint64_t count, RateLimit& limit) {
    const std::string number = std::to_string(subscription.number());
    const std::string owner = ownerOf(subscription);
    const std::string user = userOf(subscription);
    logEvent(LogLevel::Warning, message_id::SubscriberLost,
             text("subscription ", number, " (owner ", owner, ", user ", user, ") is too slow: ", count,
                  " events are lost to it, going on"),
             {{"KEVENTD_SUBSCRIPTION", number},
              {"KEVENTD_OWNER", owner},
              {"KEVENTD_UID", user},
              {names::key::Count, std::to_string(count)}},
             limit);
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
    hasNews_ = true;
    const std::uint32_t window =
        options.window.value_or(std::min(SubscribeOptions::DefaultWindow, clients_.limits().client.window));
    const std::uint32_t number = freeNumber();
    Subscription& made =
        subscriptions_.try_emplace(number, number, owner, account, std::move(options.filter), first, window)
            .first->second;
    if (first < stream_.history().nextId()) made.fallBehind();
    index_.add(made);
    awake_.insert(made);
    return made;
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
    erase(subscriptions_.find(number));
}

void Publisher::acknowledge(const Peer& owner, std::uint32_t number, std::uint64_t id) {
    Subscription* subscription = find(owner, number);
    if (subscription == nullptr) return;
    const ClientAccount& account = clients_.accountOf(owner);
    const bool wasScarce = account.isScarceBeside(0);
    subscription->acknowledge(id);
    if (wasScarce && !account.isScarceBeside(0)) wakeAllFull();
    wakeFullOf(owner);
    tellReached(*subscription); // a tour may have passed it because this was missing
    hasNews_ = true;
}

void Publisher::whenSettled(const Peer& owner, std::uint64_t seqnum, std::function<void()> done) {
    clients_.accountOf(owner).beginCall();
    waiters_.push_back({owner, seqnum, std::move(done), {}});
}

Publisher::Subscriptions::iterator Publisher::erase(Subscriptions::iterator entry) {
    index_.remove(entry->second);
    if (entry->second.isAsleep()) --asleep_;
    wakeFullOf(entry->second.owner()); // there is room for others now
    awake_.erase(entry->second);
    hasNews_ = true;
    return subscriptions_.erase(entry);
}

void Publisher::forget(const Clients::HasGone& hasGone) {
    for (auto entry = subscriptions_.begin(); entry != subscriptions_.end();)
        entry = hasGone(entry->second.owner()) ? erase(entry) : std::next(entry);
    wakeAllFull(); // others may have more now
    std::erase_if(waiters_, [&](const Waiter& waiter) { return hasGone(waiter.owner); });
}

// Most turns bring nothing for anybody: somebody's call, a message that was written.
void Publisher::pump() {
    if (wakeConcerned() || hasNews_ || (someBlocked_ && !awake_.isInRound())) {
        hasNews_ = someBlocked_ = false;
        awake_.beginRound();
    }
    if (awake_.isInRound()) pumpRound();
    tourSleepers();
    if (!waiters_.empty()) answerSettled();
}

// @return whether there are new events
bool Publisher::wakeConcerned() {
    const History& history = stream_.history();
    const std::uint64_t next = history.nextId();
    if (lookedAtUpTo_ == next) return false;
    if (lookedAtUpTo_ < history.firstId()) wakeAllAt(lookedAtUpTo_); // overtaken: all have lost something
    lookedAtUpTo_ = std::max(lookedAtUpTo_, history.firstId());
    const TurnBudget budget;
    while (lookedAtUpTo_ < next && asleep_ > 0 && !budget.isSpent()) {
        index_.forEachConcerned(history.at(lookedAtUpTo_),
                                [&](Subscription& subscription) { wakeAt(lookedAtUpTo_, subscription); });
        ++lookedAtUpTo_;
    }
    if (asleep_ == 0) lookedAtUpTo_ = next; // the others look for themselves
    if (lookedAtUpTo_ < next) again_->defer();
    return true;
}

void Publisher::wakeAt(std::uint64_t id, Subscription& subscription) {
    if (!subscription.wakeAt(id)) return;
    --asleep_;
    awake_.insert(subscription);
}

void Publisher::wakeAllAt(std::uint64_t id) {
    for (auto& [number, subscription] : subscriptions_) wakeAt(id, subscription);
}

// So that nobody who resumes is found behind the history because nothing has matched. Some in each turn; they
// are not woken for it: those for whom there is no time in a turn would have to read all that comes
// meanwhile.
void Publisher::tourSleepers() {
    const History& history = stream_.history();
    if (tourAfter_ == NoTour) {
        if (lookedAtUpTo_ < lastTourAt_ + Subscription::advanceInterval(history) / 2) return;
        lastTourAt_ = lookedAtUpTo_;
        tourAfter_ = 0;
    }
    auto entry = subscriptions_.upper_bound(tourAfter_);
    for (std::size_t count = 0; entry != subscriptions_.end() && count < TouredInTurn; ++entry, ++count) {
        tellReached(entry->second);
        tourAfter_ = entry->first;
    }
    if (entry == subscriptions_.end()) {
        tourAfter_ = NoTour;
    } else {
        again_->defer();
    }
}

void Publisher::tellReached(Subscription& subscription) {
    if (!subscription.isAsleep()) return;
    try {
        subscription.tellReached(lookedAtUpTo_, stream_.history());
    } catch (const std::exception& error) {
        logWarning(text("subscription ", subscription.number(), ": ", error.what(), ", telling it later"),
                   failureLog_);
    }
}

// If the time is over before the round, the next turn goes on behind the last that was served.
void Publisher::pumpRound() {
    const TurnBudget budget;
    do {
        Subscription& subscription = awake_.next();
        const auto progress = pumpOne(subscription, budget);
        someBlocked_ |= progress == Subscription::Progress::Blocked;
        hasNews_ |= progress == Subscription::Progress::More;
        layToRest(subscription, progress);
    } while (awake_.isInRound() && !budget.isSpent());
    if (awake_.isInRound() || hasNews_) again_->defer();
}

void Publisher::layToRest(Subscription& subscription, Subscription::Progress progress) {
    switch (progress) {
    case Subscription::Progress::Done:
        subscription.fallAsleep();
        ++asleep_;
        awake_.erase(subscription);
        return;
    case Subscription::Progress::Full:
        subscription.fallBehind();
        full_[subscription.owner()].emplace(subscription.number(), &subscription);
        awake_.erase(subscription);
        return;
    case Subscription::Progress::Blocked:
    case Subscription::Progress::More:
        return;
    }
}

void Publisher::wakeFull(const ByNumber& subscriptions) {
    for (const auto& [number, subscription] : subscriptions) awake_.insert(*subscription);
}

void Publisher::wakeFullOf(const Peer& owner) {
    if (const auto full = full_.extract(owner)) wakeFull(full.mapped());
}

void Publisher::wakeAllFull() {
    for (const auto& [owner, subscriptions] : full_) wakeFull(subscriptions);
    full_.clear();
}

// What is lost to one who asks for what is no longer kept, he alone need know; but a subscriber that falls
// behind is some program's fault, or that of the size of the history. What it could not be sent for another
// reason is not its fault.
Subscription::Progress Publisher::pumpOne(Subscription& subscription, const TurnBudget& budget) {
    const bool isNew = subscription.isNew();
    const std::uint64_t lostBefore = subscription.lost();
    const auto progress = tryToPump(subscription, budget);
    if (const std::uint64_t lost = subscription.lost() - lostBefore; lost > 0 && !isNew)
        tellLost(subscription, lost, lostLog_);
    return progress ? *progress : skip(subscription);
}

// One subscriber's trouble is its own: the others, and the daemon, go on.
// @return nothing if it could not be sent what it should have been
std::optional<Subscription::Progress> Publisher::tryToPump(Subscription& subscription,
                                                           const TurnBudget& budget) {
    try {
        return subscription.pump(stream_.history(), budget);
    } catch (const std::exception& error) {
        logWarning(
            text("subscription ", subscription.number(), ": ", error.what(), ", telling what is lost to it"),
            failureLog_);
        return std::nullopt;
    }
}

// What it cannot be sent is lost to it, and told.
Subscription::Progress Publisher::skip(Subscription& subscription) {
    try {
        return subscription.skip(stream_.history());
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

// Whoever has a backlog is not waited for: there may be no room for it, or no end of it.
std::uint64_t Publisher::reachedByAll() const {
    std::uint64_t reached = asleep_ > 0 ? lookedAtUpTo_ : stream_.history().nextId();
    awake_.forEach([&](const Subscription& subscription) {
        if (subscription.keepsUp() && !subscription.isBlocked())
            reached = std::min(reached, subscription.next());
    });
    return reached;
}

const Subscription* Publisher::findAfter(std::uint32_t number) const {
    const auto entry = subscriptions_.upper_bound(number);
    return entry == subscriptions_.end() ? nullptr : &entry->second;
}

// One that sleeps need not look at what does not concern it.
std::uint64_t Publisher::nextOf(const Subscription& subscription) const {
    return subscription.isAsleep() ? std::max(subscription.next(), lookedAtUpTo_) : subscription.next();
}

Subscription* Publisher::find(const Peer& owner, std::uint32_t number) {
    const auto entry = subscriptions_.find(number);
    return entry != subscriptions_.end() && entry->second.owner() == owner ? &entry->second : nullptr;
}

} // namespace keventd
