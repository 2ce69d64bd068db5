#include "daemon/publish/subscription.h"

#include "daemon/publish/signal_writer.h"
#include "daemon/stream/visibility.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

namespace keventd {
// An eighth of what the history can keep, so that the subscriber resumes from a place that it still holds.
std::uint64_t Subscription::advanceInterval(const History& history) {
    const std::uint64_t kept = std::max<std::uint64_t>(history.nextId() - history.firstId(), 1);
    const std::uint64_t bytesEach = std::max<std::uint64_t>(history.bytesUsed() / kept, 1);
    return std::clamp<std::uint64_t>(history.capacity() / bytesEach / 8, 32, 16'384);
}

Subscription::Subscription(std::uint32_t number, Peer owner, ClientAccount& account, Filter filter,
                           std::uint64_t next, std::uint32_t window)
    : number_(number), owner_(std::move(owner)), account_(account), filter_(std::move(filter)), first_(next),
      next_(next), toldNext_(next), acknowledgedNext_(next), window_(window) {
    account_.addSubscription(filter_.textBytes());
}

Subscription::~Subscription() {
    account_.removeSubscription(filter_.textBytes());
    for (const Sent& sent : unacknowledged_) account_.acknowledged(sent.bytes);
}

void Subscription::acknowledge(std::uint64_t id) {
    for (; !unacknowledged_.empty() && unacknowledged_.front().id <= id; unacknowledged_.pop_front()) {
        account_.acknowledged(unacknowledged_.front().bytes);
    }
    const bool took = id >= toldNext_ - 1 || (unacknowledged_.empty() && toldNext_ > acknowledgedNext_);
    if (took) acknowledgedNext_ = toldNext_;
}

Subscription::Progress Subscription::pump(const History& history, const TurnBudget& budget) {
    if (isBehind(history) && !isBlocked()) {
        if (next_ < history.firstId()) tellLostUpTo(history.firstId());
        if (isBehind(history)) sendBatch(history, budget);
    }
    if (mustAdvance(history)) advance();
    if (!isBehind(history)) return Progress::Done;
    if (!hasRoomBeside({}, 0)) return Progress::Full;
    return isBlocked() ? Progress::Blocked : Progress::More;
}

bool Subscription::wakeAt(std::uint64_t id) {
    if (!std::exchange(isAsleep_, false)) return false;
    next_ = std::max(next_, id);
    return true;
}

bool Subscription::isBlocked() const {
    return !hasRoomBeside({}, 0) || queuedWrites(owner_.bus) >= MaxQueuedWrites;
}

Subscription::State Subscription::state() const {
    if (isAsleep_) return State::Asleep;
    if (!hasRoomBeside({}, 0)) return State::Full;
    return isBlocked() ? State::Blocked : State::Awake;
}

std::size_t Subscription::unacknowledgedBytes() const {
    return std::accumulate(unacknowledged_.begin(), unacknowledged_.end(), std::size_t{0},
                           [](std::size_t sum, const Sent& sent) { return sum + sent.bytes; });
}

bool Subscription::maySee(const EventView& event) const {
    return isPublic(event) || account_.seesAdmin();
}

bool Subscription::hasRoomBeside(const std::vector<Sent>& batch, std::size_t batchBytes) const {
    return unacknowledged_.size() + batch.size() < window_ && account_.hasRoomBeside(batchBytes);
}

void Subscription::tellReached(std::uint64_t id, const History& history) {
    next_ = std::max(next_, id);
    if (mustAdvance(history)) advance();
}

Subscription::Progress Subscription::skip(const History& history) {
    if (isBehind(history)) tellLostUpTo(history.nextId());
    return Progress::Done;
}

void Subscription::tellLostUpTo(std::uint64_t end) {
    sendLost(owner_, number_, next_, end - 1);
    lost_ += end - next_;
    next_ = end;
    if (acknowledgedNext_ == toldNext_) acknowledgedNext_ = next_; // this signal needs no answer
    toldNext_ = next_;
}

// Nothing is remembered before it has been sent.
void Subscription::sendBatch(const History& history, const TurnBudget& budget) {
    std::optional<EventsSignal> batch;
    std::vector<Sent> sent;
    std::size_t bytes = 0;
    std::uint64_t id = next_;
    do {
        const EventView event = history.at(id);
        if (!filter_.matches(event) || !maySee(event)) continue;
        if (!batch) batch.emplace(owner_, number_);
        if (!batch->add(event)) break;
        sent.push_back({id, static_cast<std::uint32_t>(batch->bytes() - bytes)});
        bytes = batch->bytes();
    } while (++id < history.nextId() && hasRoomBeside(sent, bytes) && !budget.isSpent());
    if (batch) {
        batch->send(id);
        toldNext_ = id;
    }
    next_ = id;
    remember(sent);
}

void Subscription::remember(const std::vector<Sent>& batch) {
    for (const Sent& sent : batch) account_.sent(sent.bytes);
    unacknowledged_.insert(unacknowledged_.end(), batch.begin(), batch.end());
}

// While nothing matches. Only to one who has acknowledged what went before: else these, too, would pile up.
bool Subscription::mustAdvance(const History& history) const {
    return next_ >= toldNext_ + advanceInterval(history) && acknowledgedNext_ >= toldNext_ && !isBlocked();
}

void Subscription::advance() {
    EventsSignal(owner_, number_).send(next_);
    toldNext_ = next_;
}

} // namespace keventd
