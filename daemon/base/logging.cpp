#include "daemon/base/logging.h"
#include "daemon/base/text.h"

#include <cstdlib>
#include <memory>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/sinks/systemd_sink.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

namespace keventd {
namespace {

spdlog::level::level_enum levelOf(LogLevel level) {
    switch (level) {
    case LogLevel::Debug:
        return spdlog::level::debug;
    case LogLevel::Info:
        return spdlog::level::info;
    case LogLevel::Warning:
        return spdlog::level::warn;
    case LogLevel::Error:
        return spdlog::level::err;
    case LogLevel::Off:
        return spdlog::level::off;
    }
    return spdlog::level::info;
}

int priorityOf(LogLevel level) {
    switch (level) {
    case LogLevel::Debug:
        return LOG_DEBUG;
    case LogLevel::Info:
        return LOG_INFO;
    case LogLevel::Warning:
        return LOG_WARNING;
    case LogLevel::Error:
    case LogLevel::Off:
        return LOG_ERR;
    }
    return LOG_INFO;
}

std::string withUntold(std::string_view message, std::uint64_t untold) {
    return untold == 0 ? std::string(message) : text(message, " (and ", untold, " more like this)");
}

// JOURNAL_STREAM is "device:inode" of what systemd has connected to stderr. It is inherited by all that a
// service starts, such as a terminal's shell: only if it names our stderr, somebody listens
// (systemd.exec(5)). Where nobody does, the systemd sink drops messages silently.
bool isStderrTheJournal() {
    const char* stream = std::getenv("JOURNAL_STREAM");
    struct stat ours {};
    if (stream == nullptr || fstat(STDERR_FILENO, &ours) < 0) return false;
    return stream == text(ours.st_dev, ":", ours.st_ino);
}

std::shared_ptr<spdlog::logger> makeLogger() {
    if (isStderrTheJournal()) {
        return std::make_shared<spdlog::logger>("keventd",
                                                std::make_shared<spdlog::sinks::systemd_sink_st>("keventd"));
    }
    auto logger =
        std::make_shared<spdlog::logger>("keventd", std::make_shared<spdlog::sinks::stderr_sink_st>());
    logger->set_pattern("keventd: %l: %v");
    return logger;
}

spdlog::logger& logger() {
    static const std::shared_ptr<spdlog::logger> instance = makeLogger();
    return *instance;
}

} // namespace

void setLogLevel(LogLevel level) {
    logger().set_level(levelOf(level));
}

void logMessage(LogLevel level, std::string_view message) {
    logger().log(levelOf(level), message);
}

void logErrors(const std::vector<std::string>& messages) {
    for (const std::string& message : messages) logError(message);
}

void logWarning(std::string_view message, RateLimit& limit) {
    if (const auto untold = limit.admit()) logWarning(withUntold(message, *untold));
}

void logEvent(LogLevel level, const MessageId& id, std::string_view message, const LogFields& fields) {
    if (!logger().should_log(levelOf(level))) return;
    if (!isStderrTheJournal()) return logMessage(level, message);
    sendToJournal(priorityOf(level), id, message, fields);
}

void logEvent(LogLevel level, const MessageId& id, std::string_view message, const LogFields& fields,
              RateLimit& limit) {
    if (const auto untold = limit.admit()) logEvent(level, id, withUntold(message, *untold), fields);
}

} // namespace keventd
