// What ends a command before its time: SIGINT, SIGTERM, a deadline.
#pragma once

#include "client/lib/unique_fd.h"

#include <chrono>
#include <optional>

namespace keventd::ctl {

/// Whether SIGINT and SIGTERM end the command or the process.
enum class StopSignals {
    EndTheCommand, ///< caught: the command ends as asked
    EndTheProcess, ///< left alone: a command that was broken off must not look like one that succeeded
};

/// Catches SIGINT and SIGTERM, if so wanted, from its construction on, for the rest of the process; make one
/// at most.
///
/// A handler, not a signalfd: a write(2) or a call that blocks must be left when the signal comes (EINTR).
/// It catches once: the second Ctrl-C ends the process whatever it is doing.
class Interruption {
public:
    /// @param timeout  the deadline, from now; nothing: none
    /// @throws std::system_error
    explicit Interruption(std::optional<std::chrono::microseconds> timeout = {},
                          StopSignals signals = StopSignals::EndTheCommand);
    Interruption(const Interruption&) = delete;
    Interruption& operator=(const Interruption&) = delete;
    ~Interruption();

    /// @return whether SIGINT or SIGTERM has come
    [[nodiscard]] bool isStopped() const;
    /// @return whether the deadline has passed
    [[nodiscard]] bool isExpired() const;
    [[nodiscard]] bool hasCome() const { return isStopped() || isExpired(); }

    /// @return a descriptor that becomes readable when a signal comes
    [[nodiscard]] int fd() const { return event_.get(); }
    /// @param wanted  a shorter time, if any
    /// @return a timeout for poll(2): not beyond the deadline
    [[nodiscard]] int pollTimeout(std::optional<std::chrono::microseconds> wanted = {}) const;

private:
    using Clock = std::chrono::steady_clock;

    UniqueFd event_;
    std::optional<Clock::time_point> deadline_;
};

} // namespace keventd::ctl
