// When to try again what has failed: soon, then less and less often. Pure. Internal to the library.
#pragma once

#include <algorithm>
#include <chrono>

namespace keventd {
inline namespace client {

class Backoff {
public:
    using Delay = std::chrono::milliseconds;

    Backoff(Delay first, Delay longest) : first_(first), longest_(longest), next_(first) {}

    /// @return how long to wait before the next attempt
    [[nodiscard]] Delay fail() {
        const Delay delay = next_;
        next_ = std::min(2 * next_, longest_);
        return delay;
    }
    void succeed() { next_ = first_; }

private:
    Delay first_;
    Delay longest_;
    Delay next_;
};

} // namespace client
} // namespace keventd
