// The options dictionary of Subscribe and GetEvents: read, checked, compiled.
#pragma once

#include "daemon/publish/limits.h"
#include "daemon/stream/filter.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <systemd/sd-bus.h>

namespace keventd {

struct SubscribeOptions {
    static constexpr std::uint32_t DefaultWindow = 1024;

    Filter filter;
    std::optional<std::string> stream;
    std::optional<std::uint64_t> since;
    std::optional<std::chrono::microseconds> sinceBoottime;
    std::optional<std::uint32_t> window;
};

/// Reads an `a{sv}` off a message: any option.
/// @throws BusError InvalidOption, InvalidFilter or LimitExceeded; its text names the option
[[nodiscard]] SubscribeOptions readSubscribeOptions(sd_bus_message* message, const ClientLimits& limits);

/// The same, where only devices are asked for: subsystems, objects, properties.
[[nodiscard]] Filter readDeviceFilter(sd_bus_message* message, const ClientLimits& limits);

} // namespace keventd
