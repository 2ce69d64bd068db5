// How many events of each source have entered the stream, and how many of them late.
#pragma once

#include "keventd/event.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

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
    [[nodiscard]] PublishedCount of(std::string_view source) const;

private:
    struct Entry {
        std::string source;
        PublishedCount count;
    };

    [[nodiscard]] PublishedCount& entryOf(std::string_view source);

    std::vector<Entry> entries_; // a few: sources are ours
};

} // namespace keventd
