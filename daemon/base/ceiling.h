// How many there may be in a second at most, of what can come in storms: broadcasts, each of which may wake
// each client of a bus; events of a source for which somebody has set a limit.
//
// A token bucket with room for one second's worth. When it has run empty, nothing passes before it holds a
// tenth of that: else each event that passes in a storm would be followed by word of those that did not.
#pragma once

#include <chrono>
#include <cstdint>

namespace keventd {

class Ceiling {
public:
    using Clock = std::chrono::steady_clock;

    /// @param perSecond  not 0
    explicit Ceiling(std::uint32_t perSecond);

    /// @param now  never earlier than in the call before
    /// @return whether one more may pass now; it then counts
    [[nodiscard]] bool admit(Clock::time_point now);

private:
    void refill(Clock::time_point now);

    double perSecond_;
    double tokens_;
    Clock::time_point filledAt_{};
    bool ranEmpty_ = false;
};

} // namespace keventd
