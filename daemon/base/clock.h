// The clocks that events are stamped with.
#pragma once

#include <chrono>
#include <ctime>

namespace keventd {

/// @param clock  as of clock_gettime(2)
[[nodiscard]] inline std::chrono::microseconds readClock(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::seconds(now.tv_sec) +
                                                                 std::chrono::nanoseconds(now.tv_nsec));
}

/// When something was read, by both clocks.
struct ReadTime {
    std::chrono::microseconds boottime{0};
    std::chrono::microseconds realtime{0};
};

[[nodiscard]] inline ReadTime readTimeNow() {
    return {readClock(CLOCK_BOOTTIME), readClock(CLOCK_REALTIME)};
}

} // namespace keventd
