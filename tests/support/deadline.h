// How long a test waits for something that should happen: long enough for a loaded machine and sanitizers,
// since only a test that fails waits so long.
#pragma once

#include <algorithm>
#include <chrono>

namespace keventd::test {

inline constexpr std::chrono::seconds Patience{60};

class Deadline {
public:
    explicit Deadline(std::chrono::milliseconds fromNow = Patience) : end_(Clock::now() + fromNow) {}

    [[nodiscard]] bool expired() const { return Clock::now() >= end_; }
    [[nodiscard]] std::chrono::microseconds left() const {
        return std::max(std::chrono::duration_cast<std::chrono::microseconds>(end_ - Clock::now()),
                        std::chrono::microseconds(0));
    }
    /// @return what is left, as poll(2) takes it; rounded up, so that poll does not return just before
    ///         the end
    [[nodiscard]] int pollTimeout() const {
        return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(left()).count());
    }

private:
    using Clock = std::chrono::steady_clock;
    Clock::time_point end_;
};

} // namespace keventd::test
