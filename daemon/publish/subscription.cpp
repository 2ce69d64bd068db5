#include "daemon/publish/subscription.h"

#include "daemon/publish/signal_writer.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace keventd {
namespace {

// Events looked at in one turn: about a millisecond, so that reading and other subscribers get theirs.
constexpr std::uint64_t MaxLooksPerTurn = 4096;

// Messages in the connection's queue above which nothing more is put into it. With batches of 256 KiB, this
// bounds what a client that does not read costs.
constexpr std::uint64_t MaxQueuedWrites = 4;

// How far `next` may run ahead of what the subscriber was told while nothing matches: an eighth of what is
// kept, so that it resumes from a place that the history still holds; bounded for very small and large ones.
std::uint64_t advanceInterval(const History& history) {
    return std::clamp<std::uint64_t>((history.nextId() - history.firstId()) / 8, 256, 16'384);
}

} // namespace

Subscription::Subscription(std::uint32_t number, Peer owner, Filter filter, std::uint64_t next,
                           std::uint32_t window)
    : number_(number), owner_(std::move(owner)), filter_(std::move(filter)), next_(next), toldNext_(next),
      acknowledgedNext_(next), window_(window) {}

void Subscription::acknowledge(std::uint64_t id) {
    while (!unacknowledged_.empty() && unacknowledged_.front() <= id) unacknowledged_.pop_front();
    const bool took = id >= toldNext_ - 1 || (unacknowledged_.empty() && toldNext_ > acknowledgedNext_);
    if (took) acknowledgedNext_ = toldNext_;
}

bool Subscription::pump(const History& history) {
    if (isBlocked()) return false;
    if (next_ < history.firstId()) tellLost(history);
    if (mayLook(history)) sendBatch(history);
    if (next_ >= toldNext_ + advanceInterval(history)) advance();
    return mayLook(history);
}

bool Subscription::mayLook(const History& history) const {
    return next_ < history.nextId() && !isBlocked();
}

bool Subscription::isBlocked() const {
    return unacknowledged_.size() >= window_ || queuedWrites(owner_.bus) >= MaxQueuedWrites;
}

void Subscription::tellLost(const History& history) {
    sendLost(owner_, number_, next_, history.firstId() - 1);
    next_ = history.firstId();
    if (acknowledgedNext_ == toldNext_) acknowledgedNext_ = next_; // this signal needs no answer
    toldNext_ = next_;
}

void Subscription::sendBatch(const History& history) {
    std::optional<EventsSignal> batch;
    const std::uint64_t end = std::min(history.nextId(), next_ + MaxLooksPerTurn);
    for (; next_ < end && unacknowledged_.size() < window_; ++next_) {
        const EventView event = history.at(next_);
        if (!filter_.matches(event)) continue;
        if (!batch) batch.emplace(owner_, number_);
        if (!batch->add(event)) break;
        unacknowledged_.push_back(next_);
    }
    if (!batch) return;
    batch->send(next_);
    toldNext_ = next_;
}

// Only to one who has acknowledged what went before: else these, too, would pile up.
void Subscription::advance() {
    if (acknowledgedNext_ < toldNext_) return;
    EventsSignal(owner_, number_).send(next_);
    toldNext_ = next_;
}

} // namespace keventd
