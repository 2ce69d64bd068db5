// How long one turn of serving may take, so that reading gets its turn, however many subscriptions there are
// and whatever their filters cost.
#pragma once

#include <chrono>
#include <ctime>

namespace keventd {

/// CLOCK_MONOTONIC as of the last tick (1 to 10 ms): a turn is measured after every event, and the exact
/// clock costs as much as to look at one.
struct CoarseClock {
    using duration = std::chrono::nanoseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<CoarseClock>;

    [[nodiscard]] static time_point now() {
        timespec now{};
        clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
        return time_point(std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec));
    }
};

class TurnBudget {
public:
    /// About half of what a full turn of reading takes (Intake::Budget): a backlog then moves from the
    /// socket, where more would be lost, into the history.
    static constexpr std::chrono::milliseconds Usual{5};

    explicit TurnBudget(CoarseClock::duration time = Usual) : end_(CoarseClock::now() + time) {}

    [[nodiscard]] bool isSpent() const { return CoarseClock::now() >= end_; }

private:
    CoarseClock::time_point end_;
};

} // namespace keventd
