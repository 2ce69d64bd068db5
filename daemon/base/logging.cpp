#include "daemon/base/logging.h"
#include "daemon/base/text.h"

#include <cstdlib>
#include <memory>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/sinks/systemd_sink.h>
#include <spdlog/spdlog.h>

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

// Without journald listening, the systemd sink drops messages silently; JOURNAL_STREAM (systemd.exec(5))
// tells that somebody listens.
std::shared_ptr<spdlog::logger> makeLogger() {
    if (std::getenv("JOURNAL_STREAM") != nullptr) {
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

void startLogging(LogLevel level) {
    logger().set_level(levelOf(level));
}

void logMessage(LogLevel level, std::string_view message) {
    logger().log(levelOf(level), message);
}

void logWarning(std::string_view message, RateLimit& limit) {
    const auto untold = limit.admit();
    if (!untold) return;
    logWarning(*untold == 0 ? std::string(message) : text(message, " (and ", *untold, " more like this)"));
}

} // namespace keventd
