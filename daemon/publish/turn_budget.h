// How long one turn of serving may take, so that reading gets its turn, however many subscriptions there are
// and whatever their filters cost.
#pragma once

#include <chrono>

namespace keventd {

class TurnBudget {
public:
    using Clock = std::chrono::steady_clock;

    /// About half of what a full turn of reading takes (Intake::Budget): a backlog then moves from the
    /// socket, where more would be lost, into the history.
    static constexpr std::chrono::milliseconds Usual{5};

    explicit TurnBudget(Clock::duration time = Usual) : end_(Clock::now() + time) {}

    [[nodiscard]] bool isSpent() const { return Clock::now() >= end_; }

private:
    Clock::time_point end_;
};

} // namespace keventd
