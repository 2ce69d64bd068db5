// How many events of each source have entered the stream, and how many of them late.
#pragma once

#include "keventd/event.h"

#include <cstdint>
#include <map>
#include <string>

namespace keventd {

/// Of one source.
struct PublishedCount {
    std::uint64_t published = 0;
    std::uint64_t late = 0; ///< of these, out of SEQNUM order
};

class PublishedCounts {
public:
    void add(const Event& event);
    /// @return zero of a source that has published nothing
    [[nodiscard]] PublishedCount of(const std::string& source) const;

private:
    std::map<std::string, PublishedCount> bySource_; // a few: sources are ours
};

} // namespace keventd
