// What poll(2) is to wait for before Client::dispatch() is worth calling.
#pragma once

#include <chrono>
#include <optional>

namespace keventd {
inline namespace client {

/// To be asked for anew before each wait.
struct PollRequest {
    int fd;
    short events;
    std::optional<std::chrono::microseconds> timeout; ///< at most so long; nothing: for ever
};

} // namespace client
} // namespace keventd
