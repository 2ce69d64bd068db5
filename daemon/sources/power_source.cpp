#include "daemon/sources/power_source.h"

#include "daemon/base/clock.h"
#include "daemon/base/errors.h"
#include "daemon/sources/property_number.h"
#include "keventd/names.h"

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
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

/// Properties: how the clocks stand as of the event, in microseconds.
namespace key {
constexpr const char* SleptTotal = "SLEPT_TOTAL_USEC";   // CLOCK_BOOTTIME - CLOCK_MONOTONIC
constexpr const char* ClockOffset = "CLOCK_OFFSET_USEC"; // CLOCK_REALTIME - CLOCK_BOOTTIME
constexpr const char* Uncertainty = "UNCERTAINTY_USEC";  // of each
} // namespace key

Event powerEvent(const char* action, const ClockOffsets& offsets) {
    Event event;
    event.source = names::source::Power;
    event.action = action;
    event.subsystem = names::source::Power;
    event.properties.set(key::SleptTotal, std::to_string(offsets.slept.count()));
    event.properties.set(key::ClockOffset, std::to_string(offsets.set.count()));
    event.properties.set(key::Uncertainty, std::to_string(offsets.uncertainty.count()));
    return event;
}

std::optional<std::chrono::microseconds> microsecondsIn(const Event& event, const char* name) {
    const auto count = findNumber<std::int64_t>(event.properties, name);
    return count ? std::optional(std::chrono::microseconds(*count)) : std::nullopt;
}

std::optional<ClockOffsets> offsetsIn(const Event& event) {
    const auto slept = microsecondsIn(event, key::SleptTotal);
    const auto set = microsecondsIn(event, key::ClockOffset);
    const auto uncertainty = microsecondsIn(event, key::Uncertainty);
    if (!slept || !set || !uncertainty) return std::nullopt;
    return ClockOffsets{*slept, *set, *uncertainty};
}

} // namespace

// Armed first: what happens before the first reading is told by the timer, and found to be nothing.
PowerSource::PowerSource() : ObservedSource(names::source::Power), timer_(createTimer()) {
    if (!armForEver(timer_.get())) setStatus({SourceState::Failed, "no timer tells that the clock was set"});
    offsets_ = readClockOffsets();
}

void PowerSource::goOnFrom(const ClockOffsets& known) {
    offsets_ = known;
    isResync_ = true;
}

void PowerSource::begin(const std::vector<Event>& told) {
    if (told.empty()) return;
    if (const auto known = offsetsIn(told.back())) goOnFrom(*known);
}

std::vector<Event> PowerSource::readAll() {
    return {powerEvent("", offsets_)};
}

Drained PowerSource::drain(Arrivals& arrivals, std::size_t /*budget*/) {
    if (wasCancelled(timer_.get()) || isResync_) look(arrivals);
    return {};
}

void PowerSource::look(Arrivals& arrivals) {
    ++counted().received;
    const ClockOffsets before = std::exchange(offsets_, readClockOffsets());
    const ReadTime now = readTimeNow();
    const std::uint32_t flags = std::exchange(isResync_, false) ? EventFlag::Resync : 0U;
    const auto tell = [&](const char* action, std::chrono::microseconds value, const ClockOffsets& offsets) {
        Event event = powerEvent(action, offsets);
        event.properties.set(names::key::Value, std::to_string(value.count()));
        event.properties.set(names::key::Unit, names::unit::Microseconds);
        event.boottime = now.boottime;
        event.realtime = now.realtime;
        event.flags = flags;
        arrivals.add(std::move(event));
    };
    const ClockChanges changes = compareClocks(before, offsets_);
    // Who goes on from the first of two events finds the second.
    const ClockOffsets afterSleep{offsets_.slept, before.set, offsets_.uncertainty};
    if (changes.slept) tell(names::action::Resume, *changes.slept, changes.setBy ? afterSleep : offsets_);
    if (changes.setBy) tell(names::action::ClockSet, *changes.setBy, offsets_);
}

} // namespace keventd
