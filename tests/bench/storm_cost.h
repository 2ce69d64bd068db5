// The price: CPU time per event of the daemon and of a subscriber, beside udevadm monitor.
#pragma once

#include <cstdint>

namespace keventd::bench {

struct CostOptions {
    std::uint64_t events = 300'000;
    std::uint64_t runs = 5;
    bool apart = false; ///< a storm for udevadm, and another for keventd, instead of one for both
};

/// Measures, and prints the medians of all runs.
/// @throws std::runtime_error if one of the processes missed an event: there is then nothing to compare
void measureStormCost(const CostOptions& options);

} // namespace keventd::bench
