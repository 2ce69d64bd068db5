// The command line of keventd.
#pragma once

#include "daemon/base/logging.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>

namespace keventd {

/// What was given; the rest is up to the configuration files, and to its default.
struct Options {
    std::optional<std::string> config; ///< the file to read instead of the standard ones
    std::optional<std::string> socket; ///< path of the private socket
    std::optional<std::string> stateDirectory;
    std::optional<std::string> spoolDirectory;
    std::optional<std::string> bus; ///< system, session, none or an address
    std::optional<bool> coldplug;
    std::optional<std::set<std::string>> sources; ///< those that run, beside uevents
    std::optional<std::size_t> historyBytes;
    std::optional<std::chrono::milliseconds> reorderWait;
    std::optional<std::uint32_t> broadcastRate; ///< 0: nothing is broadcast
    std::optional<LogLevel> logLevel;
};

constexpr int ExitUsage = 2;

/// Parses the command line; prints help, version and usage errors itself.
/// @return the options, or nothing: the program ends with the status in `exitStatus`
[[nodiscard]] std::optional<Options> parseCommandLine(int argc, char** argv, int& exitStatus);

} // namespace keventd
