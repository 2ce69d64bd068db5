#include "daemon/stream/seen_numbers.h"

#include <algorithm>
#include <iterator>
#include <limits>

namespace keventd {

bool SeenNumbers::insert(std::uint64_t number) {
    const auto after = lastByFirst_.upper_bound(number);
    const auto before = after == lastByFirst_.begin() ? lastByFirst_.end() : std::prev(after);
    if (before != lastByFirst_.end() && number <= before->second) return false;
    const bool joinsBefore = before != lastByFirst_.end() && number == before->second + 1;
    const bool joinsAfter = after != lastByFirst_.end() && number + 1 == after->first;

    if (joinsBefore && joinsAfter) {
        before->second = after->second;
        lastByFirst_.erase(after);
    } else if (joinsBefore) {
        before->second = number;
    } else {
        const std::uint64_t last = joinsAfter ? after->second : number;
        const auto hint = joinsAfter ? lastByFirst_.erase(after) : after;
        lastByFirst_.emplace_hint(hint, number, last);
    }
    if (lastByFirst_.size() > maxIntervals_) forgetOldestGap();
    return true;
}

bool SeenNumbers::contains(std::uint64_t number) const {
    const auto after = lastByFirst_.upper_bound(number);
    return after != lastByFirst_.begin() && number <= std::prev(after)->second;
}

std::uint64_t SeenNumbers::firstMissing(std::uint64_t from) const {
    const auto after = lastByFirst_.upper_bound(from);
    if (after == lastByFirst_.begin()) return from;
    return std::max(from, std::prev(after)->second + 1);
}

std::optional<std::uint64_t> SeenNumbers::firstNotIn(const SeenNumbers& other) const {
    for (const auto& [first, last] : lastByFirst_) {
        if (const std::uint64_t missing = other.firstMissing(first); missing <= last) return missing;
    }
    return std::nullopt;
}

std::uint64_t SeenNumbers::lowest() const {
    return lastByFirst_.empty() ? std::numeric_limits<std::uint64_t>::max() : lastByFirst_.begin()->first;
}

void SeenNumbers::forgetOldestGap() {
    const auto first = lastByFirst_.begin();
    const auto second = std::next(first);
    first->second = second->second;
    lastByFirst_.erase(second);
}

} // namespace keventd
