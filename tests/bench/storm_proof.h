// The proof: a storm of real uevents reaches a subscriber whole, once, and in order.
#pragma once

#include <cstdint>

namespace keventd::bench {

/// So many events of three writers on virtual/mem devices, as fast as they can.
/// @return whether every check passed; what did not is told on stderr
[[nodiscard]] bool proveStorm(std::uint64_t events);

/// So many veth pairs, created and removed while two writers write.
[[nodiscard]] bool proveNetStorm(std::uint64_t pairs);

/// @return --history for a daemon that is to keep so many events of virtual/mem devices
[[nodiscard]] inline std::uint64_t historyBytesFor(std::uint64_t events) {
    constexpr std::uint64_t perEvent = 512; // a record has about 400
    constexpr std::uint64_t least = 64 * 1024 * 1024;
    return least + events * perEvent;
}

} // namespace keventd::bench
