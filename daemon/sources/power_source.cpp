#include "daemon/sources/power_source.h"

#include "daemon/base/clock.h"
#include "daemon/base/errors.h"
#include "keventd/names.h"

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <sys/timerfd.h>
#include <unistd.h>
#include <utility>

namespace keventd {
namespace {

UniqueFd createTimer() {
    return UniqueFd(
        checkErrno(timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC), "create timer descriptor"));
}

bool armForEver(int timer) {
    itimerspec never{};
    never.it_value.tv_sec = std::numeric_limits<time_t>::max();
    return timerfd_settime(timer, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, nullptr) == 0;
}

// To read it takes the news off; the timer stays armed.
bool wasCancelled(int timer) {
    std::uint64_t expirations = 0;
    return read(timer, &expirations, sizeof expirations) < 0 && errno == ECANCELED;
}

Event powerEvent(const char* action, std::chrono::microseconds value) {
    Event event;
    event.source = names::source::Power;
    event.action = action;
    event.subsystem = names::source::Power;
    event.properties.set(names::key::Value, std::to_string(value.count()));
    event.properties.set(names::key::Unit, names::unit::Microseconds);
    return event;
}

} // namespace

// Armed first: what happens before the first reading is told by the timer, and found to be nothing.
PowerSource::PowerSource() : timer_(createTimer()) {
    if (!armForEver(timer_.get())) status_ = {SourceState::Failed, "no timer tells that the clock was set"};
    offsets_ = readClockOffsets();
}

const char* PowerSource::name() const {
    return names::source::Power;
}

void PowerSource::goOnFrom(const ClockOffsets& known) {
    offsets_ = known;
    isResync_ = true;
}

Drained PowerSource::drain(Arrivals& arrivals, std::size_t /*budget*/) {
    if (wasCancelled(timer_.get()) || isResync_) look(arrivals);
    return {};
}

void PowerSource::look(Arrivals& arrivals) {
    ++statistics_.received;
    const ClockOffsets before = std::exchange(offsets_, readClockOffsets());
    const ReadTime now = readTimeNow();
    const std::uint32_t flags = std::exchange(isResync_, false) ? EventFlag::Resync : 0U;
    const auto tell = [&](const char* action, std::chrono::microseconds value) {
        Event event = powerEvent(action, value);
        event.boottime = now.boottime;
        event.realtime = now.realtime;
        event.flags = flags;
        arrivals.add(std::move(event));
    };
    const ClockChanges changes = compareClocks(before, offsets_);
    if (changes.slept) tell(names::action::Resume, *changes.slept);
    if (changes.setBy) tell(names::action::ClockSet, *changes.setBy);
}

} // namespace keventd
