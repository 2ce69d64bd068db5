#include "daemon/base/ceiling.h"

#include <algorithm>

namespace keventd {
namespace {

constexpr double PartAfterEmpty = 0.1;

} // namespace

Ceiling::Ceiling(std::uint32_t perSecond) : perSecond_(perSecond), tokens_(perSecond) {}

bool Ceiling::admit(Clock::time_point now) {
    refill(now);
    if (ranEmpty_ && tokens_ < std::max(PartAfterEmpty * perSecond_, 1.0)) return false;
    ranEmpty_ = tokens_ < 1.0;
    if (ranEmpty_) return false;
    tokens_ -= 1.0;
    return true;
}

void Ceiling::refill(Clock::time_point now) {
    const std::chrono::duration<double> passed = now - filledAt_;
    filledAt_ = now;
    tokens_ = std::min(perSecond_, tokens_ + passed.count() * perSecond_);
}

} // namespace keventd
