// Waiting for what other processes do, each with a deadline.
#pragma once

#include "keventd/client.h"

#include <chrono>
#include <functional>

namespace keventd::bench {

/// Asks again and again until this is true.
/// @param what  what is said if the time is over
/// @throws std::runtime_error
void waitFor(const std::function<bool()>& done, const char* what,
             std::chrono::milliseconds time = std::chrono::minutes(1),
             std::chrono::milliseconds pause = std::chrono::milliseconds(10));

/// @return a client; on a bus, when the daemon has its name there, which it need not have when it is ready
/// @throws ConnectionError
[[nodiscard]] Client connectPatiently(const Endpoint& endpoint);

} // namespace keventd::bench
