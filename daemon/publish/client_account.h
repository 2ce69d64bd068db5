// What one client has taken of that which is limited for each client.
#pragma once

#include <cstddef>

namespace keventd {

struct ClientAccount {
    static constexpr std::size_t MaxSubscriptions = 1024;
    static constexpr std::size_t MaxWaitingSyncs = 64;
    /// Of all its subscriptions. On a bus this lies in the broker's memory, which serves everybody.
    static constexpr std::size_t MaxUnacknowledgedBytes = 4 * 1024 * 1024;

    std::size_t subscriptions = 0;
    std::size_t waitingSyncs = 0;
    std::size_t unacknowledgedBytes = 0;
};

} // namespace keventd
