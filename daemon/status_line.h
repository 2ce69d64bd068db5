// One line for the service manager about how the daemon is doing: what it says, and when it is told again.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace keventd {

/// What the line is made of.
struct Progress {
    std::uint64_t lastId = 0; ///< of the newest event
    std::uint64_t subscriptions = 0;
    std::uint64_t lost = 0; ///< messages that the kernel dropped because a socket was full

    friend bool operator==(const Progress&, const Progress&) = default;
};

/// @return "Stream at 12345, 3 subscriptions, nothing lost"
[[nodiscard]] std::string toText(const Progress& progress);

/// Pure: it sees times, no clock.
class StatusLine {
public:
    using Time = std::chrono::steady_clock::time_point;

    /// In a storm it is told so often, and not after every turn.
    static constexpr std::chrono::seconds Interval{10};

    /// @return whether the line may be told again at `now`, if there is something new
    [[nodiscard]] bool isDue(Time now) const { return !toldAt_ || now >= *toldAt_ + Interval; }
    /// @return the line, which is told now
    [[nodiscard]] std::string tell(const Progress& progress, Time now);
    /// @return the line, if it is due and says something else than the last time; it is told now
    [[nodiscard]] std::optional<std::string> tellIfNew(const Progress& progress, Time now);

private:
    Progress told_;
    std::optional<Time> toldAt_;
};

} // namespace keventd
