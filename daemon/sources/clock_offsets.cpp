#include "daemon/sources/clock_offsets.h"

#include "daemon/base/clock.h"

#include <ctime>

namespace keventd {
namespace {

using std::chrono::microseconds;

constexpr microseconds Rounding{2}; // each clock is read as whole microseconds

// Between two readings of one clock the others are read: what lies between them is what nobody knows.
ClockOffsets readOnce() {
    const microseconds first = readClock(CLOCK_MONOTONIC);
    const microseconds boottime = readClock(CLOCK_BOOTTIME);
    const microseconds realtime = readClock(CLOCK_REALTIME);
    const microseconds last = readClock(CLOCK_MONOTONIC);
    return {boottime - (first + last) / 2, realtime - boottime, last - first + Rounding};
}

} // namespace

// Whoever is interrupted while he reads, reads again.
ClockOffsets readClockOffsets() {
    constexpr int Attempts = 8;
    ClockOffsets best = readOnce();
    for (int attempt = 1; attempt < Attempts; ++attempt) {
        const ClockOffsets next = readOnce();
        if (next.uncertainty < best.uncertainty) best = next;
    }
    return best;
}

ClockChanges compareClocks(const ClockOffsets& before, const ClockOffsets& after) {
    const microseconds uncertainty = before.uncertainty + after.uncertainty;
    const microseconds slept = after.slept - before.slept;
    const microseconds setBy = after.set - before.set;
    ClockChanges changes;
    if (slept > uncertainty) changes.slept = slept;
    if (setBy > uncertainty || setBy < -uncertainty) changes.setBy = setBy;
    return changes;
}

} // namespace keventd
