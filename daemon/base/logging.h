// The daemon's log: to the journal when it runs as a service (JOURNAL_STREAM), else to stderr.
//
// A thin face over spdlog, which is slow to compile and therefore known to one file only.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>

namespace keventd {

enum class LogLevel { Debug, Info, Warning, Error, Off };

/// Chooses sink and level; before it is called, and in tests, messages go to stderr.
void startLogging(LogLevel level);

void logMessage(LogLevel level, std::string_view message);

inline void logDebug(std::string_view message) {
    logMessage(LogLevel::Debug, message);
}
inline void logInfo(std::string_view message) {
    logMessage(LogLevel::Info, message);
}
inline void logWarning(std::string_view message) {
    logMessage(LogLevel::Warning, message);
}
inline void logError(std::string_view message) {
    logMessage(LogLevel::Error, message);
}

/// Joins strings and numbers to one text.
template <typename... Parts>
[[nodiscard]] std::string text(const Parts&... parts) {
    std::string out;
    const auto add = [&out](const auto& part) {
        if constexpr (std::is_arithmetic_v<std::decay_t<decltype(part)>>) {
            out += std::to_string(part);
        } else {
            out += part;
        }
    };
    (add(parts), ...);
    return out;
}

} // namespace keventd
