#include "daemon/config/values.h"

#include "dbus/bus_address.h"

#include <array>
#include <utility>

namespace keventd {

std::optional<LogLevel> parseLogLevel(std::string_view name) {
    constexpr std::array<std::pair<std::string_view, LogLevel>, 4> levels{{
        {"debug", LogLevel::Debug},
        {"info", LogLevel::Info},
        {"warning", LogLevel::Warning},
        {"error", LogLevel::Error},
    }};
    for (const auto& [known, level] : levels) {
        if (known == name) return level;
    }
    return std::nullopt;
}

bool isBusChoice(std::string_view text) {
    return text == "system" || text == "session" || text == "none" || isBusAddress(text);
}

} // namespace keventd
