#include "daemon/stream/published_counts.h"

namespace keventd {

void PublishedCounts::add(const Event& event) {
    PublishedCount& count = bySource_[event.source];
    ++count.published;
    if ((event.flags & EventFlag::Late) != 0) ++count.late;
}

PublishedCount PublishedCounts::of(const std::string& source) const {
    const auto known = bySource_.find(source);
    return known == bySource_.end() ? PublishedCount{} : known->second;
}

} // namespace keventd
