// Values that the command line and the configuration file have in common. Pure.
#pragma once

#include "daemon/base/logging.h"
#include "daemon/stream/history.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace keventd {

inline constexpr std::chrono::milliseconds MaxReorderWait{10'000};
inline constexpr std::uint32_t MaxBroadcastRate = 1'000'000;
inline constexpr std::size_t MinHistoryBytes = History::MinBytes;
inline constexpr const char* AllowedHistorySize = "a size of at least 256K, such as 64M";
inline constexpr const char* AllowedLogLevel = "debug, info, warning or error";
inline constexpr const char* AllowedBus = "system, session, none or a D-Bus address";

/// @return the level of this name: debug, info, warning or error
[[nodiscard]] std::optional<LogLevel> parseLogLevel(std::string_view name);

/// @return whether this names a bus, or none, or is an address
[[nodiscard]] bool isBusChoice(std::string_view text);

} // namespace keventd
