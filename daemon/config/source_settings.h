// Which sources beside uevents run, and how much each may bring.
#pragma once

#include "keventd/names.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace keventd {

struct SourceSettings {
    bool enabled = true;
    std::uint32_t rate = 0; ///< events in a second at most; 0: as many as come

    friend bool operator==(const SourceSettings&, const SourceSettings&) = default;
};

/// When pressure is told: so many milliseconds in which some work stood still, within the window; 0: never.
struct PressureSettings {
    std::uint32_t memoryStallMs = 200;
    std::uint32_t cpuStallMs = 0;
    std::uint32_t ioStallMs = 0;
    std::uint32_t windowMs = 2000; ///< without CAP_SYS_RESOURCE a multiple of 2000

    friend bool operator==(const PressureSettings&, const PressureSettings&) = default;
};

struct SourcesSettings {
    SourceSettings link;
    SourceSettings address;
    SourceSettings thermal;
    SourceSettings acpi;
    SourceSettings quota;
    SourceSettings mount;
    SourceSettings attribute;
    SourceSettings pressure;
    SourceSettings power;
    std::optional<std::string> mountTable; ///< path; default: that of process 1
    PressureSettings pressureThresholds;

    friend bool operator==(const SourcesSettings&, const SourcesSettings&) = default;
};

/// All of them, by name.
inline constexpr std::array SourcesByName{
    std::pair{names::source::Link, &SourcesSettings::link},
    std::pair{names::source::Address, &SourcesSettings::address},
    std::pair{names::source::Thermal, &SourcesSettings::thermal},
    std::pair{names::source::Acpi, &SourcesSettings::acpi},
    std::pair{names::source::Quota, &SourcesSettings::quota},
    std::pair{names::source::Mount, &SourcesSettings::mount},
    std::pair{names::source::Attribute, &SourcesSettings::attribute},
    std::pair{names::source::Pressure, &SourcesSettings::pressure},
    std::pair{names::source::Power, &SourcesSettings::power},
};

} // namespace keventd
