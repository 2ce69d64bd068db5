// The counters and gauges of all rooms, under the names that keventctl(1) lists.
#pragma once

#include "daemon/base/clock.h"
#include "daemon/publish/attribute_watches.h"
#include "daemon/publish/publisher.h"
#include "daemon/sources/source.h"
#include "daemon/stream/stream.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace keventd {

using Statistics = std::vector<std::pair<std::string, std::uint64_t>>;

/// @param started  when the daemon did
[[nodiscard]] Statistics collectStatistics(const ReadTime& started, const std::vector<const Source*>& sources,
                                           const Stream& stream, const Publisher& publisher,
                                           const AttributeWatches& watches);

} // namespace keventd
