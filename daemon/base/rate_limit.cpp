#include "daemon/base/rate_limit.h"

#include <utility>

namespace keventd {

std::optional<std::uint64_t> RateLimit::admit(Clock::time_point now) {
    if (!start_ || now - *start_ >= interval_) {
        start_ = now;
        admitted_ = 0;
    }
    if (admitted_ == burst_) {
        ++refused_;
        return std::nullopt;
    }
    ++admitted_;
    return std::exchange(refused_, 0);
}

} // namespace keventd
