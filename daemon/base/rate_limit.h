// How often something may be logged that others can cause as often as they like.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace keventd {

class RateLimit {
public:
    using Clock = std::chrono::steady_clock;

    /// @param burst  so many in each interval; the rest is counted
    explicit RateLimit(std::uint32_t burst = 5, std::chrono::seconds interval = std::chrono::seconds(30))
        : burst_(burst), interval_(interval) {}

    /// @return nothing if this one is too many; else how many were too many since the last that was not
    [[nodiscard]] std::optional<std::uint64_t> admit(Clock::time_point now = Clock::now());

private:
    std::uint32_t burst_;
    std::chrono::seconds interval_;
    std::optional<Clock::time_point> start_; // of the present interval
    std::uint32_t admitted_ = 0;             // in it
    std::uint64_t refused_ = 0;              // since the last that was admitted
};

} // namespace keventd
