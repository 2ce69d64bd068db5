// What a subscription waits for, as one descriptor that a foreign loop can poll for input: an epoll(7) that
// holds the descriptor of the connection, while there is one, and a timer. Internal to the library.
#pragma once

#include "client/lib/unique_fd.h"

#include <chrono>
#include <optional>

namespace keventd {
inline namespace client {

class WaitSet {
public:
    /// @throws Error
    WaitSet();

    /// @return readable when what is watched is ready, or the time has come
    [[nodiscard]] int fd() const { return epoll_.get(); }

    /// Watches this descriptor in place of the one before.
    /// @param fd      borrowed until forget(), which must come before it is closed
    /// @param events  as for poll(2)
    void watch(int fd, short events);
    void forget() noexcept;
    /// Forgets, and wakes no more: the descriptor is not readable from now on.
    void stop() noexcept;
    /// @param delay  from now; nothing: not by time. In place of the time before
    void wakeAfter(std::optional<std::chrono::microseconds> delay);

private:
    void control(int operation, int fd, short events) const;

    UniqueFd epoll_;
    UniqueFd timer_;
    int watched_ = -1;
    short events_ = 0;
    bool isArmed_ = false;
};

} // namespace client
} // namespace keventd
