#include "daemon/sources/message_numbers.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace keventd {
namespace {

// As the kernel counts: modulo 2^32.
bool isBehind(std::uint32_t number, std::uint32_t other) {
    const std::uint32_t steps = number - other;
    return steps != 0 && steps <= std::numeric_limits<std::uint32_t>::max() / 2;
}

} // namespace

void MessageNumbers::begin() {
    isFirst_ = true;
    notSeenYet_ = 0;
}

std::optional<std::uint32_t> MessageNumbers::accounted() const {
    const auto number = accounted_->load();
    return number ? std::optional(static_cast<std::uint32_t>(*number)) : std::nullopt;
}

MessageNumbers::Missing MessageNumbers::missingBefore(std::uint32_t number, std::uint64_t pending) {
    const auto known = accounted();
    if (!isFirst_ || !known || !isBehind(number, *known)) return {};
    const std::uint32_t absent = number - *known - 1;
    const auto explained = static_cast<std::uint32_t>(std::min<std::uint64_t>(absent, pending));
    notSeenYet_ -= explained;
    return {*known + 1, absent - explained};
}

void MessageNumbers::account(std::uint32_t number) {
    const auto known = accounted();
    if (!known || isBehind(number, *known)) accounted_->store(number);
}

void MessageNumbers::take(std::uint32_t number) {
    if (std::exchange(isFirst_, false)) {
        const auto known = accounted();
        highest_ = known && !isBehind(number, *known) ? *known : number;
    } else if (isBehind(number, highest_)) {
        notSeenYet_ -= number - highest_ - 1;
        highest_ = number;
    } else {
        ++notSeenYet_;
    }
    store();
}

void MessageNumbers::drop(std::uint64_t count) {
    const auto known = accounted();
    if (!known) return; // nothing to count from
    if (isFirst_) return accounted_->store(static_cast<std::uint32_t>(*known + count));
    notSeenYet_ += static_cast<std::int64_t>(count);
    store();
}

void MessageNumbers::store() const {
    const auto behind = static_cast<std::uint32_t>(std::max<std::int64_t>(notSeenYet_, 0));
    accounted_->store(static_cast<std::uint32_t>(highest_ + behind));
}

} // namespace keventd
