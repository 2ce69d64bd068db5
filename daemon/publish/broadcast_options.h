// What is broadcast, as the administrator wants it.
#pragma once

#include <cstdint>

namespace keventd {

struct BroadcastOptions {
    /// Whether events of source `kernel` are broadcast.
    enum class Kernel {
        Auto, ///< while no udevd has been seen, which sends each of them again
        Always,
        Never,
    };

    std::uint32_t ratePerSecond =
        1000; ///< signals at most, of all interfaces together; 0: nothing is broadcast
    Kernel kernel = Kernel::Auto;

    friend bool operator==(const BroadcastOptions&, const BroadcastOptions&) = default;
};

} // namespace keventd
