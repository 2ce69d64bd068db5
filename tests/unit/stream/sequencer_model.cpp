#include "tests/unit/stream/sequencer_model.h"

#include <algorithm>

namespace keventd::test {
namespace {

bool isKernel(const Event& event) {
    return event.source == "kernel" && event.seqnum != 0;
}

bool isUdev(const Event& event) {
    return event.source == "udev" && event.seqnum != 0;
}

template <typename Range, typename Predicate>
bool any(const Range& range, Predicate predicate) {
    return std::any_of(range.begin(), range.end(), predicate);
}

} // namespace

SequencerModel::SequencerModel(const Sequencer::Options& options)
    : options_(options), highestKnown_(options.startSeqnum) {}

// Source and SEQNUM decide whether an event has come before; without SEQNUM it has not.
bool SequencerModel::cameBefore(const Event& event) const {
    if (!isKernel(event) && !isUdev(event)) return false;
    return any(came_, [&](const Event& c) { return c.source == event.source && c.seqnum == event.seqnum; });
}

bool SequencerModel::isMissing(std::uint64_t seqnum) const {
    return any(missing_, [&](const Missing& m) { return m.seqnum == seqnum; });
}

bool SequencerModel::isMissingBelow(std::uint64_t seqnum) const {
    return any(missing_, [&](const Missing& m) { return m.seqnum < seqnum; });
}

bool SequencerModel::kernelEventWaits(std::uint64_t seqnum) const {
    return any(waiting_, [&](const Waiting& w) { return isKernel(w.event) && w.event.seqnum == seqnum; });
}

void SequencerModel::push(const Event& event, Time now) {
    if (cameBefore(event)) {
        ++statistics_.repeated;
        return;
    }
    came_.push_back(event);
    // Nothing to wait for, nothing to be sorted with: it goes straight through. Numbers up to the start are
    // not known to have come or not, so the first one after them waits for the release.
    const bool isNext = isKernel(event) && event.seqnum == highestKnown_ + 1;
    if (isNext && waiting_.empty() && missing_.empty() && highestKnown_ > options_.startSeqnum) {
        highestKnown_ = event.seqnum;
        leave(event);
        return;
    }
    if (isKernel(event)) {
        if (options_.wait.count() > 0) openHole(event.seqnum - 1, now + options_.wait);
        fill(event.seqnum);
    }
    waiting_.push_back({event, now + std::max(options_.wait, options_.announcedWait)});
    statistics_.maxWaiting = std::max<std::uint64_t>(statistics_.maxWaiting, waiting_.size());
}

void SequencerModel::announce(std::uint64_t seqnum, Time now) {
    openHole(seqnum, now + std::max(options_.wait, options_.announcedWait));
}

// All numbers up to `last` that were not known are missing from now on, until one common deadline, which is
// not before that of a hole below.
void SequencerModel::openHole(std::uint64_t last, Time deadline) {
    ++lastHole_;
    for (const Missing& m : missing_) deadline = std::max(deadline, m.deadline);
    while (highestKnown_ < last) missing_.push_back({++highestKnown_, deadline, lastHole_});
}

void SequencerModel::fill(std::uint64_t seqnum) {
    std::erase_if(missing_, [&](const Missing& m) { return m.seqnum == seqnum; });
    highestKnown_ = std::max(highestKnown_, seqnum);
}

void SequencerModel::release(Time now) {
    std::erase_if(missing_, [&](const Missing& m) { return m.deadline <= now; });
    releaseAllThatMay(now);
    while (waiting_.size() > options_.maxWaiting) {
        stopOneWait(now);
        releaseAllThatMay(now);
    }
}

void SequencerModel::releaseAllThatMay(Time now) {
    for (std::size_t place = 0; place < waiting_.size();) {
        if (!mayLeave(place, now)) {
            ++place;
            continue;
        }
        leave(waiting_[place].event);
        waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(place));
        place = 0;
    }
}

// An event of udev waits for its kernel event: while that waits itself, and once while it may still come.
bool SequencerModel::waitsForItsKernelEvent(const Waiting& waiting, Time now) const {
    if (!isUdev(waiting.event)) return false;
    const std::uint64_t seqnum = waiting.event.seqnum;
    if (kernelEventWaits(seqnum)) return true;
    const bool mayStillCome = seqnum > highestKnown_ || isMissing(seqnum);
    return mayStillCome && now < waiting.waitEnds;
}

bool SequencerModel::mayLeave(std::size_t place, Time now) const {
    if (isKernel(waiting_[place].event)) return kernelMayLeave(place, now);
    return place == 0 && !waitsForItsKernelEvent(waiting_[place], now);
}

// A kernel event leaves when no lower number waits or is waited for, and it overtakes nothing without need.
bool SequencerModel::kernelMayLeave(std::size_t place, Time now) const {
    const std::uint64_t seqnum = waiting_[place].event.seqnum;
    if (isMissingBelow(seqnum)) return false;
    if (any(waiting_, [&](const Waiting& w) { return isKernel(w.event) && w.event.seqnum < seqnum; })) {
        return false;
    }
    for (std::size_t earlier = 0; earlier < place; ++earlier) {
        if (!mayOvertake(place, earlier, now)) return false;
    }
    return true;
}

// What arrived earlier is overtaken only where that brings kernel events into order: it stands behind a
// higher number, or behind an event of udev that waits for a kernel event (which in turn waits for all lower
// ones).
bool SequencerModel::mayOvertake(std::size_t place, std::size_t earlier, Time now) const {
    const std::uint64_t seqnum = waiting_[place].event.seqnum;
    const auto isReason = [&](const Waiting& w) {
        return (isKernel(w.event) && w.event.seqnum > seqnum) || waitsForItsKernelEvent(w, now);
    };
    return std::any_of(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(earlier) + 1,
                       isReason);
}

// Too many wait: the oldest hole is given up, or where there is none, the wait of udev's event in front. What
// a number in its middle parted are two holes.
void SequencerModel::stopOneWait(Time now) {
    if (missing_.empty()) {
        waiting_.front().waitEnds = now;
        return;
    }
    const auto byNumber = [](const Missing& a, const Missing& b) { return a.seqnum < b.seqnum; };
    const Missing first = *std::min_element(missing_.begin(), missing_.end(), byNumber);
    const auto isInHole = [&](std::uint64_t n) {
        return any(missing_, [&](const Missing& m) { return m.seqnum == n && m.hole == first.hole; });
    };
    for (std::uint64_t n = first.seqnum; isInHole(n); ++n) fill(n);
}

void SequencerModel::leave(Event event) {
    if (isKernel(event)) {
        if (event.seqnum < highestLeft_) {
            event.flags |= EventFlag::Late;
            ++statistics_.late;
        }
        highestLeft_ = std::max(highestLeft_, event.seqnum);
    }
    left_.push_back(event);
}

std::optional<SequencerModel::Time> SequencerModel::deadline() const {
    std::optional<Time> next;
    for (const Missing& m : missing_) next = std::min(next.value_or(m.deadline), m.deadline);
    if (!waiting_.empty() && isUdev(waiting_.front().event) &&
        !kernelEventWaits(waiting_.front().event.seqnum)) {
        next = std::min(next.value_or(waiting_.front().waitEnds), waiting_.front().waitEnds);
    }
    return next;
}

bool SequencerModel::settled(std::uint64_t seqnum) const {
    if (seqnum > highestKnown_ || isMissingBelow(seqnum + 1)) return false;
    return !any(waiting_, [&](const Waiting& w) { return isKernel(w.event) && w.event.seqnum <= seqnum; });
}

} // namespace keventd::test
