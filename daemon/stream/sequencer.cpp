#include "daemon/stream/sequencer.h"

#include "dbus/names.h"

#include <algorithm>
#include <utility>

namespace keventd {

Sequencer::Sequencer(const Options& options, Sink sink)
    : options_(options), sink_(std::move(sink)), highest_(options.startSeqnum) {}

Sequencer::Stage Sequencer::stageOf(const Event& event) {
    if (event.seqnum == 0) return Stage::Other;
    if (event.source == names::source::Kernel) return Stage::Kernel;
    if (event.source == names::source::Udev) return Stage::Udev;
    return Stage::Other;
}

void Sequencer::push(Event event, Clock::time_point now) {
    const Stage stage = stageOf(event);
    if (isRepeat(stage, event.seqnum)) {
        ++statistics_.repeated;
        return;
    }
    if (isNextInOrder(stage, event.seqnum)) {
        highest_ = event.seqnum;
        highestArrived_ = event.seqnum;
        leave(event, stage);
        return;
    }
    enqueue(std::move(event), stage, now);
}

bool Sequencer::isRepeat(Stage stage, std::uint64_t seqnum) {
    switch (stage) {
    case Stage::Kernel:
        return !seenKernel_.insert(seqnum);
    case Stage::Udev:
        return !seenUdev_.insert(seqnum);
    case Stage::Other:
        return false;
    }
    return false;
}

// Nearly every event: nothing waits, and it is the very next number. It need not go through the queue. (The
// first number after the start must: lower ones, which are no holes, may have arrived behind it.)
bool Sequencer::isNextInOrder(Stage stage, std::uint64_t seqnum) const {
    return stage == Stage::Kernel && waiting_ == 0 && holes_.empty() && seqnum == highest_ + 1 &&
           highest_ > options_.startSeqnum;
}

void Sequencer::enqueue(Event event, Stage stage, Clock::time_point now) {
    if (stage == Stage::Kernel) {
        takeNumber(event.seqnum, now);
        positionBySeqnum_.emplace(event.seqnum, queueBase_ + queue_.size());
    }
    queue_.push_back({std::move(event), stage, now + options_.wait});
    ++waiting_;
    statistics_.maxWaiting = std::max<std::uint64_t>(statistics_.maxWaiting, waiting_);
}

void Sequencer::takeNumber(std::uint64_t seqnum, Clock::time_point now) {
    if (seqnum > highest_) {
        announce(seqnum - 1, now);
        highest_ = seqnum;
    } else if (fillHole(seqnum) && seqnum < highestArrived_) {
        ++statistics_.reordered;
    }
    highestArrived_ = std::max(highestArrived_, seqnum);
}

void Sequencer::announce(std::uint64_t seqnum, Clock::time_point now) {
    if (seqnum <= highest_) return;
    holes_.emplace_hint(holes_.end(), highest_ + 1, Hole{seqnum, now + options_.wait});
    ++statistics_.holes;
    highest_ = seqnum;
}

// Takes one number out of the hole that it lies in; both parts keep the deadline.
// @return false if it lies in none: its hole was closed, or it is older than the daemon
bool Sequencer::fillHole(std::uint64_t seqnum) {
    auto hole = holes_.upper_bound(seqnum);
    if (hole == holes_.begin() || seqnum > (--hole)->second.last) return false;
    const auto [first, whole] = *hole;
    hole = holes_.erase(hole);
    if (seqnum < whole.last) hole = holes_.emplace_hint(hole, seqnum + 1, whole);
    if (first < seqnum) holes_.emplace_hint(hole, first, Hole{seqnum - 1, whole.deadline});
    if (first < seqnum && seqnum < whole.last) ++statistics_.holes;
    return true;
}

void Sequencer::release(Clock::time_point now) {
    closeHoles(now);
    drain(now);
    while (waiting_ > options_.maxWaiting) {
        stopFirstWait(now);
        drain(now);
    }
}

// What stands at the head waits for a hole, or is an event of udev whose kernel event has not come.
void Sequencer::stopFirstWait(Clock::time_point now) {
    if (holes_.empty()) {
        queue_.front().deadline = now;
    } else {
        closeFirstHole();
    }
}

void Sequencer::closeHoles(Clock::time_point now) {
    while (!holes_.empty() && holes_.begin()->second.deadline <= now) closeFirstHole();
}

void Sequencer::closeFirstHole() {
    holes_.erase(holes_.begin());
    ++statistics_.expired;
}

void Sequencer::drain(Clock::time_point now) {
    while (waiting_ > 0 && releaseHead(now)) {
    }
    popLeft();
}

// Lets one event leave: the head of the queue, or the kernel event that is to leave before it.
bool Sequencer::releaseHead(Clock::time_point now) {
    popLeft();
    Waiting& head = queue_.front();
    if (head.stage == Stage::Kernel || !mayLeave(head, now)) return releaseLowestSettled();
    leave(*head.event, head.stage);
    head.event.reset();
    --waiting_;
    return true;
}

bool Sequencer::mayLeave(const Waiting& head, Clock::time_point now) const {
    if (head.stage != Stage::Udev) return true;
    const std::uint64_t seqnum = head.event->seqnum;
    if (positionBySeqnum_.contains(seqnum)) return false;
    return isBelowHoles(seqnum) || seenKernel_.contains(seqnum) || head.deadline <= now;
}

bool Sequencer::releaseLowestSettled() {
    const auto lowest = positionBySeqnum_.begin();
    if (lowest == positionBySeqnum_.end() || !isBelowHoles(lowest->first)) return false;
    Waiting& waiting = queue_[lowest->second - queueBase_];
    positionBySeqnum_.erase(lowest);
    leave(*waiting.event, waiting.stage);
    waiting.event.reset();
    --waiting_;
    return true;
}

void Sequencer::leave(Event& event, Stage stage) {
    if (stage == Stage::Kernel) {
        if (event.seqnum < highestReleased_) {
            event.flags |= EventFlag::Late;
            ++statistics_.late;
        }
        highestReleased_ = std::max(highestReleased_, event.seqnum);
    }
    sink_(event);
}

void Sequencer::popLeft() {
    while (!queue_.empty() && !queue_.front().event) {
        queue_.pop_front();
        ++queueBase_;
    }
}

std::optional<Sequencer::Clock::time_point> Sequencer::deadline() const {
    std::optional<Clock::time_point> next;
    if (!holes_.empty()) next = holes_.begin()->second.deadline;
    if (headWaitsForItsKernelEvent()) {
        next = std::min(next.value_or(queue_.front().deadline), queue_.front().deadline);
    }
    return next;
}

bool Sequencer::headWaitsForItsKernelEvent() const {
    if (waiting_ == 0 || queue_.front().stage != Stage::Udev) return false;
    return !positionBySeqnum_.contains(queue_.front().event->seqnum);
}

bool Sequencer::settled(std::uint64_t seqnum) const {
    if (!isBelowHoles(seqnum)) return false;
    return positionBySeqnum_.empty() || positionBySeqnum_.begin()->first > seqnum;
}

std::uint64_t Sequencer::lowestMissing(std::string_view source) const {
    return source == names::source::Udev ? firstMissingOf(seenUdev_) : frontier();
}

std::uint64_t Sequencer::lowestMissingInBacklog(std::string_view source) const {
    return firstMissingOf(source == names::source::Udev ? seenUdev_ : seenKernel_);
}

std::uint64_t Sequencer::firstMissingOf(const SeenNumbers& seen) const {
    return seen.firstMissing(std::min(seen.lowest(), options_.startSeqnum + 1));
}

std::uint64_t Sequencer::frontier() const {
    return holes_.empty() ? highest_ + 1 : holes_.begin()->first;
}

// The same as seqnum < frontier(), but for the greatest number there is, after which there is no frontier.
bool Sequencer::isBelowHoles(std::uint64_t seqnum) const {
    return holes_.empty() ? seqnum <= highest_ : seqnum < holes_.begin()->first;
}

} // namespace keventd
