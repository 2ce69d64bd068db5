// The daemon's log: to the journal when it runs as a service (JOURNAL_STREAM), else to stderr.
//
// A thin face over spdlog, which is slow to compile and therefore known to one file only.
#pragma once

#include "daemon/base/journal.h"
#include "daemon/base/message_ids.h"
#include "daemon/base/rate_limit.h"

#include <string>
#include <string_view>
#include <vector>

namespace keventd {

enum class LogLevel { Debug, Info, Warning, Error, Off };

/// From now on; at first it is Info.
void setLogLevel(LogLevel level);

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

/// Logs each as an error.
void logErrors(const std::vector<std::string>& messages);

/// Logs a warning unless too many came lately; says how many did.
void logWarning(std::string_view message, RateLimit& limit);

/// Logs what an administrator may want to be told of: in the journal with its id, by which it is found and
/// explained, and its fields; elsewhere as any other message, which therefore says all by itself.
void logEvent(LogLevel level, const MessageId& id, std::string_view message, const LogFields& fields);
/// The same, unless too many came lately; says how many did.
void logEvent(LogLevel level, const MessageId& id, std::string_view message, const LogFields& fields,
              RateLimit& limit);

} // namespace keventd
