// What can be configured, with its defaults: by files (keventd.toml(5)), and in part by the command line.
#pragma once

#include "daemon/base/logging.h"
#include "daemon/config/source_settings.h"
#include "daemon/publish/broadcast_options.h"
#include "daemon/publish/limits.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace keventd {

struct Settings {
    LogLevel logLevel = LogLevel::Info;
    std::size_t historyBytes = 64 * 1024 * 1024;
    std::optional<std::chrono::milliseconds> reorderWait; ///< default: by kernel version
    std::string bus = "system";                           ///< system, session, none or an address
    std::optional<std::string> socket;                    ///< path; default: by who runs the daemon
    std::optional<std::string> stateDirectory;            ///< default: where the socket is
    std::optional<std::string> spoolDirectory;            ///< default: in the state directory
    bool coldplug = true; ///< tell at the beginning of a stream of what is there
    Limits limits;
    std::string adminGroup; ///< name or number; empty: none
    BroadcastOptions broadcast;
    SourcesSettings sources;

    friend bool operator==(const Settings&, const Settings&) = default;
};

} // namespace keventd
