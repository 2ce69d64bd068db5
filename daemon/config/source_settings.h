// Which sources beside uevents run, and how much each may bring.
#pragma once

#include "keventd/names.h"

#include <array>
#include <cstdint>
#include <utility>

namespace keventd {

struct SourceSettings {
    bool enabled = true;
    std::uint32_t rate = 0; ///< events in a second at most; 0: as many as come

    friend bool operator==(const SourceSettings&, const SourceSettings&) = default;
};

struct SourcesSettings {
    SourceSettings link;
    SourceSettings address;

    friend bool operator==(const SourcesSettings&, const SourcesSettings&) = default;
};

/// All of them, by name.
inline constexpr std::array SourcesByName{
    std::pair{names::source::Link, &SourcesSettings::link},
    std::pair{names::source::Address, &SourcesSettings::address},
};

} // namespace keventd
