// The options dictionary of Subscribe and GetEvents: read, checked, compiled.
#pragma once

#include "daemon/stream/filter.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <systemd/sd-bus.h>

namespace keventd {

struct SubscribeOptions {
    static constexpr std::uint32_t DefaultWindow = 1024;
    static constexpr std::uint32_t MaxWindow = 65'536;
    static constexpr std::size_t MaxTerms = 256; ///< globs
    /// Of all globs and keys together. To match them costs no more than this times the length of the event's
    /// text: some milliseconds at the very worst.
    static constexpr std::size_t MaxFilterBytes = 8 * 1024;

    Filter filter;
    std::optional<std::string> stream;
    std::optional<std::uint64_t> since;
    std::optional<std::chrono::microseconds> sinceBoottime;
    std::optional<std::uint32_t> window;
};

/// Reads an `a{sv}` off a message: any option.
/// @throws BusError InvalidOption, InvalidFilter or LimitExceeded; its text names the option
[[nodiscard]] SubscribeOptions readSubscribeOptions(sd_bus_message* message);

/// The same, where only devices are asked for: subsystems, objects, properties.
[[nodiscard]] Filter readDeviceFilter(sd_bus_message* message);

} // namespace keventd
