// The daemon's log: to the journal when it runs as a service (JOURNAL_STREAM), else to stderr.
//
// A thin face over spdlog, which is slow to compile and therefore known to one file only.
#pragma once

#include "daemon/base/rate_limit.h"

#include <string_view>

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

/// Logs a warning unless too many came lately; says how many did.
void logWarning(std::string_view message, RateLimit& limit);

} // namespace keventd
