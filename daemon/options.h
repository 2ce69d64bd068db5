// The command line of keventd.
#pragma once

#include "daemon/base/logging.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace keventd {

struct Options {
    std::string socket;         ///< path of the private socket
    std::string stateDirectory; ///< default: where the socket is
    std::string bus = "system"; ///< system, session, none or an address
    std::size_t historyBytes = 64 * 1024 * 1024;
    std::optional<std::chrono::milliseconds> reorderWait; ///< default: by kernel version
    LogLevel logLevel = LogLevel::Info;
};

/// Parses the command line; prints help, version and usage errors itself.
/// @return the options, or nothing: the program ends with the status in `exitStatus`
[[nodiscard]] std::optional<Options> parseCommandLine(int argc, char** argv, int& exitStatus);

} // namespace keventd
