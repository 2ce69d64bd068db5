#include "daemon/stream/sequencer.h"

#include "daemon/sources/kernel_stage.h"
#include "keventd/names.h"

#include <algorithm>
#include <utility>

namespace keventd {
namespace {

constexpr auto BeforeAnyDeadline = Sequencer::Clock::time_point::min();

} // namespace

Sequencer::Sequencer(const Options& options, Sink sink)
    : options_(options), sink_(std::move(sink)), highest_(options.startSeqnum) {}

Sequencer::Stage Sequencer::stageOf(std::string_view source, std::uint64_t seqnum) {
    if (seqnum == 0) return Stage::Other;
    if (isOfKernelStage(source)) return Stage::Kernel;
    if (source == names::source::Udev) return Stage::Udev;
    return Stage::Other;
}

void Sequencer::remember(std::string_view source, std::uint64_t seqnum) {
    const Stage stage = stageOf(source, seqnum);
    static_cast<void>(isRepeat(stage, seqnum));
    if (stage != Stage::Kernel) return;
    highestReleased_ = std::max(highestReleased_, seqnum);
    highestRemembered_ = highestReleased_;
}

std::optional<std::uint64_t> Sequencer::push(Event event, Clock::time_point now) {
    const Stage stage = stageOf(event.source, event.seqnum);
    if (isRepeat(stage, event.seqnum)) return dropRepeat(std::move(event), stage);
    if (isNextInOrder(stage, event.seqnum)) {
        highest_ = event.seqnum;
        highestArrived_ = event.seqnum;
        leave(event, stage);
    } else {
        enqueue(std::move(event), stage, now);
    }
    return std::nullopt;
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

std::uint64_t Sequencer::dropRepeat(Event event, Stage stage) {
    ++statistics_.repeated;
    const auto isEarly = [](const Event& one) { return (one.flags & EventFlag::Early) != 0; };
    const auto waiting = stage == Stage::Kernel ? kernel_.find(event.seqnum) : kernel_.end();
    if (waiting != kernel_.end() && isEarly(waiting->second) && !isEarly(event))
        std::swap(waiting->second, event);
    return event.id;
}

// Nearly every event: nothing waits, and it is the very next number. It need not go through the queue. (The
// first number after the start must: lower ones, which are no holes, may have arrived behind it.)
bool Sequencer::isNextInOrder(Stage stage, std::uint64_t seqnum) const {
    return stage == Stage::Kernel && waiting() == 0 && holes_.empty() && seqnum == highest_ + 1 &&
           highest_ > options_.startSeqnum;
}

void Sequencer::enqueue(Event event, Stage stage, Clock::time_point now) {
    if (stage == Stage::Kernel) {
        const std::uint64_t seqnum = event.seqnum;
        takeNumber(seqnum, now);
        kernel_.emplace(seqnum, std::move(event));
    } else {
        const std::uint64_t behind = kernel_.empty() ? 0 : kernel_.rbegin()->first;
        others_.push_back({std::move(event), stage, now + waitForAssigned(), behind});
    }
    statistics_.maxWaiting = std::max<std::uint64_t>(statistics_.maxWaiting, waiting());
}

// For what is known to have been numbered, also where the kernel delivers in order. That udev tells of an
// event is such a knowledge: the kernel gives it to one socket after the other, and udevd may have done with
// it before ours has it.
std::chrono::milliseconds Sequencer::waitForAssigned() const {
    return std::max(options_.wait, options_.announcedWait);
}

void Sequencer::takeNumber(std::uint64_t seqnum, Clock::time_point now) {
    if (seqnum > highest_) {
        if (options_.wait.count() > 0) openHole(seqnum - 1, now + options_.wait);
        highest_ = seqnum;
    } else if (fillHole(seqnum) && seqnum < highestArrived_) {
        ++statistics_.reordered;
    }
    highestArrived_ = std::max(highestArrived_, seqnum);
}

void Sequencer::announce(std::uint64_t seqnum, Clock::time_point now) {
    openHole(seqnum, now + waitForAssigned());
}

// No hole ends before a lower one: it would let nothing leave.
void Sequencer::openHole(std::uint64_t last, Clock::time_point deadline) {
    if (last <= highest_) return;
    if (!holes_.empty()) deadline = std::max(deadline, holes_.rbegin()->second.deadline);
    holes_.emplace_hint(holes_.end(), highest_ + 1, Hole{last, deadline});
    ++statistics_.holes;
    highest_ = last;
}

// Takes one number out of the hole that it lies in; both parts keep the deadline.
// @return false if it lies in none: its hole was closed, or it is older than the daemon
bool Sequencer::fillHole(std::uint64_t seqnum) {
    auto hole = findHole(seqnum);
    if (hole == holes_.end()) return false;
    const auto [first, whole] = *hole;
    hole = holes_.erase(hole);
    if (seqnum < whole.last) hole = holes_.emplace_hint(hole, seqnum + 1, whole);
    if (first < seqnum) holes_.emplace_hint(hole, first, Hole{seqnum - 1, whole.deadline});
    if (first < seqnum && seqnum < whole.last) ++statistics_.holes;
    return true;
}

void Sequencer::release(Clock::time_point now) {
    closeHoles(now);
    while (releaseOne(now)) {
    }
    while (waiting() > options_.maxWaiting) {
        stopFirstWait(now);
        while (releaseOne(now)) {
        }
    }
}

void Sequencer::releaseBelow(std::uint64_t seqnum) {
    if (seqnum == 0) return;
    while (releaseOne(BeforeAnyDeadline, seqnum - 1)) {
    }
}

void Sequencer::visitWaiting(const std::function<void(const Event&)>& visit) const {
    for (const auto& [seqnum, event] : kernel_) visit(event);
}

bool Sequencer::knows(std::string_view source, std::uint64_t seqnum) const {
    switch (stageOf(source, seqnum)) {
    case Stage::Kernel:
        return seenKernel_.contains(seqnum);
    case Stage::Udev:
        return seenUdev_.contains(seqnum);
    case Stage::Other:
        return false;
    }
    return false;
}

void Sequencer::releaseDownTo(std::size_t count) {
    for (;;) {
        while (waiting() > count && releaseOne(BeforeAnyDeadline)) {
        }
        if (waiting() <= options_.maxWaiting) return;
        stopFirstWait(BeforeAnyDeadline);
    }
}

// What waits longest waits for a hole, or is an event of udev whose kernel event has not come.
void Sequencer::stopFirstWait(Clock::time_point now) {
    if (holes_.empty()) {
        others_.front().deadline = now;
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

// Lets one event leave: the first of the other sources, or the kernel event that is to leave before it.
bool Sequencer::releaseOne(Clock::time_point now, std::uint64_t last) {
    if (others_.empty()) return releaseKernelUpTo(last);
    const Other& first = others_.front();
    if (waitsForItsKernelEvent(first, now)) return releaseKernelUpTo(std::min(first.event.seqnum, last));
    return waitsBehindKernelEvents(first) ? releaseKernelUpTo(std::min(first.behind, last)) : releaseOther();
}

bool Sequencer::waitsForItsKernelEvent(const Other& other, Clock::time_point now) const {
    if (other.stage != Stage::Udev) return false;
    const std::uint64_t seqnum = other.event.seqnum;
    if (kernel_.contains(seqnum)) return true;
    return (seqnum > highest_ || findHole(seqnum) != holes_.end()) && !seenKernel_.contains(seqnum) &&
           other.deadline > now;
}

// The highest of those that it stands behind leaves last.
bool Sequencer::waitsBehindKernelEvents(const Other& other) const {
    return kernel_.contains(other.behind);
}

bool Sequencer::releaseOther() {
    leave(others_.front().event, others_.front().stage);
    others_.pop_front();
    return true;
}

bool Sequencer::releaseKernelUpTo(std::uint64_t seqnum) {
    const auto lowest = kernel_.begin();
    if (lowest == kernel_.end() || lowest->first > seqnum || !isBelowHoles(lowest->first)) return false;
    leave(lowest->second, Stage::Kernel);
    kernel_.erase(lowest);
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

std::optional<Sequencer::Clock::time_point> Sequencer::deadline() const {
    std::optional<Clock::time_point> next;
    if (!holes_.empty()) next = holes_.begin()->second.deadline;
    if (const auto end = endOfFirstWaitForKernelEvent()) next = std::min(next.value_or(*end), *end);
    return next;
}

// Nothing while kernel events are to leave before it anyway: they have the deadlines of their holes.
std::optional<Sequencer::Clock::time_point> Sequencer::endOfFirstWaitForKernelEvent() const {
    if (others_.empty()) return std::nullopt;
    const Other& first = others_.front();
    const bool waits = first.stage == Stage::Udev && !kernel_.contains(first.event.seqnum);
    return waits && !waitsBehindKernelEvents(first) ? std::optional(first.deadline) : std::nullopt;
}

bool Sequencer::settled(std::uint64_t seqnum) const {
    if (!isBelowHoles(seqnum)) return false;
    return kernel_.empty() || kernel_.begin()->first > seqnum;
}

// udev has no order in which its events could be missing: what the kernel has sent, and udev has not.
std::uint64_t Sequencer::lowestMissing(std::string_view source) const {
    // Without a wait there are no holes, but what was left out since the last event that left.
    const std::uint64_t left = std::max(highestReleased_, options_.startSeqnum);
    const std::uint64_t ofKernel = std::min(frontier(), seenKernel_.firstMissing(left + 1));
    if (source != names::source::Udev) return ofKernel;
    return std::min(seenKernel_.firstNotIn(seenUdev_).value_or(ofKernel), ofKernel);
}

std::uint64_t Sequencer::lowestMissingInBacklog(std::string_view source) const {
    if (seenKernel_.intervals() == 0) return 1;
    if (source != names::source::Udev) {
        // What is missing below those that left before us, had its hole closed.
        if (highestRemembered_ > 0) return seenKernel_.firstMissing(highestRemembered_ + 1);
        return seenKernel_.firstMissing(std::min(seenKernel_.lowest(), options_.startSeqnum + 1));
    }
    const bool hasKernelsBacklog = seenKernel_.lowest() <= seenUdev_.lowest();
    return hasKernelsBacklog ? lowestMissing(source) : 1;
}

std::uint64_t Sequencer::frontier() const {
    return holes_.empty() ? highest_ + 1 : holes_.begin()->first;
}

// @return the end if it lies in none
Sequencer::Holes::const_iterator Sequencer::findHole(std::uint64_t seqnum) const {
    auto hole = holes_.upper_bound(seqnum);
    if (hole == holes_.begin() || seqnum > (--hole)->second.last) return holes_.end();
    return hole;
}

// The same as seqnum < frontier(), but for the greatest number there is, after which there is no frontier.
bool Sequencer::isBelowHoles(std::uint64_t seqnum) const {
    return holes_.empty() ? seqnum <= highest_ : seqnum < holes_.begin()->first;
}

} // namespace keventd
