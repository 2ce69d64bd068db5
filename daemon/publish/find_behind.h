// Taking turns: who comes after the one that was served last.
#pragma once

#include <algorithm>

namespace keventd {

/// @param map  const or not
/// @return the first entry behind this key, and then from the beginning, for which this is true; else the end
template <typename Map, typename Key, typename Predicate>
auto findBehind(Map& map, const Key& servedLast, const Predicate& mayBeServed) {
    const auto behind = map.upper_bound(servedLast);
    const auto entry = std::find_if(behind, map.end(), mayBeServed);
    if (entry != map.end()) return entry;
    const auto before = std::find_if(map.begin(), behind, mayBeServed);
    return before == behind ? map.end() : before;
}

} // namespace keventd
