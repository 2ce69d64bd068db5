#include "daemon/stream/published_counts.h"

#include <algorithm>

namespace keventd {

void PublishedCounts::add(const Event& event) {
    PublishedCount& count = entryOf(event.source);
    ++count.published;
    if ((event.flags & EventFlag::Late) != 0) ++count.late;
}

PublishedCount& PublishedCounts::entryOf(std::string_view source) {
    const auto known = std::find_if(entries_.begin(), entries_.end(),
                                    [source](const Entry& entry) { return entry.source == source; });
    if (known != entries_.end()) return known->count;
    return entries_.emplace_back(Entry{std::string(source), {}}).count;
}

PublishedCount PublishedCounts::of(std::string_view source) const {
    const auto known = std::find_if(entries_.begin(), entries_.end(),
                                    [source](const Entry& entry) { return entry.source == source; });
    return known == entries_.end() ? PublishedCount{} : known->count;
}

} // namespace keventd
