// What the processes of bench-latency write down, in memory that they share.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <ctime>

namespace keventd::bench {

inline constexpr std::size_t MaxEvents = 20'000;
inline constexpr std::size_t WarmUp = 100; // events before those that count

/// By number of the event, CLOCK_MONOTONIC, in nanoseconds; 0: not yet.
using Times = std::array<std::atomic<std::int64_t>, MaxEvents + WarmUp>;

struct LatencyRecord {
    std::atomic<int> ready = 0; ///< peers that listen
    Times written{};            ///< just before write(2)
    Times heard{};              ///< by the bare listener, just after recv(2)
    Times read{};               ///< by the daemon, as the event tells; in whole microseconds
    Times delivered{};          ///< at the start of the subscriber's callback
    Times sent{};               ///< a bare signal, just before sd_bus_emit_signal(3)
    Times signalled{};          ///< at the start of its receiver's callback
};

[[nodiscard]] inline std::int64_t now(clockid_t clock = CLOCK_MONOTONIC) {
    timespec time{};
    clock_gettime(clock, &time);
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

inline void note(Times& times, std::uint64_t number, std::int64_t time) {
    if (number < times.size()) times[number] = time;
}

} // namespace keventd::bench
