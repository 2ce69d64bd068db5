// Whether anybody answers at an endpoint, found out by hand before sd-bus is let at it: the error of a plain
// connect(2) says more than sd-bus's, and sd-bus would wait 90 seconds for one that listens and does not
// answer. Internal to the library.
#pragma once

#include "keventd/endpoint.h"

#include <chrono>
#include <string_view>

namespace keventd {
inline namespace client {

/// @param path  of a socket
/// @return whether somebody listens there, now
[[nodiscard]] bool isListening(std::string_view path);

/// Tries whether somebody listens and answers there. What is not one Unix socket is not tried.
/// @throws ConnectionError "cannot connect to WHERE: REASON" if nobody listens, TimeoutError if nobody
///         answers in time, InterruptedError
void requireAnswer(const Endpoint& endpoint, std::chrono::microseconds timeout);

} // namespace client
} // namespace keventd
