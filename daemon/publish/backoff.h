// When to try again what has failed: soon, then less and less often.
#pragma once

#include <algorithm>
#include <chrono>

namespace keventd {

class Backoff {
public:
    constexpr Backoff(std::chrono::milliseconds first, std::chrono::milliseconds longest)
        : first_(first), longest_(longest), next_(first) {}

    /// @return how long to wait before the next try
    [[nodiscard]] std::chrono::milliseconds delay() {
        const auto delay = next_;
        next_ = std::min(2 * next_, longest_);
        return delay;
    }
    /// @return whether nothing has failed since the last success
    [[nodiscard]] bool isFirst() const { return next_ == first_; }
    void succeed() { next_ = first_; }

private:
    std::chrono::milliseconds first_;
    std::chrono::milliseconds longest_;
    std::chrono::milliseconds next_;
};

} // namespace keventd
