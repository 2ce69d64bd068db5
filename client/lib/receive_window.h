// When to acknowledge: the client's side of flow control, pure.
//
// Not for every event, which would cost a message each; not only at the end of the window, or the daemon
// would wait while the client works. So: when half of the window has been taken, and whenever nothing is
// left to read, so that a quiet connection never leaves anything unacknowledged.
#pragma once

#include <cstdint>

namespace keventd {
inline namespace client {

class ReceiveWindow {
public:
    /// @param window  events that the daemon sends ahead of acknowledgements
    /// @param next    the id that the subscription starts at
    ReceiveWindow(std::uint32_t window, std::uint64_t next)
        : window_(window), next_(next), acknowledged_(next) {}

    /// The event `id` is handed to its user.
    void take(std::uint64_t id) {
        ++taken_;
        advanceTo(id + 1);
    }
    /// Everything before `next` has been handed over or did not match. Never goes back.
    void advanceTo(std::uint64_t next) {
        if (next > next_) next_ = next;
    }
    /// @return whether to acknowledge although more may be waiting
    [[nodiscard]] bool isHalfTaken() const { return std::uint64_t{taken_} * 2 >= window_ && isOpen(); }
    /// @return whether there is anything to acknowledge
    [[nodiscard]] bool isOpen() const { return next_ > acknowledged_; }
    /// Takes note that everything so far is being acknowledged.
    /// @return the id to acknowledge
    [[nodiscard]] std::uint64_t acknowledge() {
        taken_ = 0;
        acknowledged_ = next_;
        return next_ - 1;
    }
    /// @return the id to resume from
    [[nodiscard]] std::uint64_t next() const { return next_; }

private:
    std::uint32_t window_;
    std::uint32_t taken_ = 0;    // since the last acknowledgement
    std::uint64_t next_;         // first id not yet seen
    std::uint64_t acknowledged_; // first id not yet acknowledged
};

} // namespace client
} // namespace keventd
