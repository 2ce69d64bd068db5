// How the kernel's clocks stand to each other, and what has happened when that has changed. Pure, but for the
// reading.
//
// CLOCK_BOOTTIME goes on while the machine sleeps, CLOCK_MONOTONIC does not; both are never set.
// CLOCK_REALTIME is set, and goes on while the machine sleeps. All three are slewed together, so that nothing
// else moves them apart.
#pragma once

#include <chrono>
#include <optional>

namespace keventd {

struct ClockOffsets {
    std::chrono::microseconds slept{0};       ///< since boot: CLOCK_BOOTTIME - CLOCK_MONOTONIC
    std::chrono::microseconds set{0};         ///< CLOCK_REALTIME - CLOCK_BOOTTIME
    std::chrono::microseconds uncertainty{0}; ///< of each: the clocks are read one after the other
};

[[nodiscard]] ClockOffsets readClockOffsets();

/// What has happened between two readings. Nothing of what is less than their uncertainty.
struct ClockChanges {
    std::optional<std::chrono::microseconds> slept; ///< how long
    std::optional<std::chrono::microseconds> setBy; ///< how far: negative if the clock was set back
};

[[nodiscard]] ClockChanges compareClocks(const ClockOffsets& before, const ClockOffsets& after);

} // namespace keventd
