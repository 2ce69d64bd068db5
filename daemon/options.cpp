#include "daemon/options.h"

#include "daemon/base/text.h"
#include "daemon/stream/history.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <map>
#include <unistd.h>

namespace keventd {
namespace {

constexpr int ExitUsage = 2;

// Where clients look for the socket (keventctl(1)): the system's place for the system's daemon.
std::string defaultSocket() {
    const bool isService = std::getenv("INVOCATION_ID") != nullptr; // systemd.exec(5)
    if (geteuid() == 0 || isService) return "/run/keventd/bus";
    const char* runtime = std::getenv("XDG_RUNTIME_DIR");
    if (runtime == nullptr)
        throw CLI::ValidationError("--socket", "needed, since XDG_RUNTIME_DIR is not set");
    return text(runtime, "/keventd/bus");
}

std::string directoryOf(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

void complete(Options& options) {
    if (options.socket.empty()) options.socket = defaultSocket();
    if (options.stateDirectory.empty()) options.stateDirectory = directoryOf(options.socket);
    if (options.historyBytes < History::MinBytes) {
        throw CLI::ValidationError(
            "--history", text(options.historyBytes, " bytes: must be at least ", History::MinBytes));
    }
}

// Usage errors name the option, the value, and what is allowed.
std::string checkBus(const std::string& bus) {
    const bool known = bus == "system" || bus == "session" || bus == "none";
    const bool isAddress = bus.find(':') != std::string::npos; // D-Bus specification, "Server Addresses"
    return known || isAddress ? "" : text("'", bus, "': must be system, session, none or a D-Bus address");
}

LogLevel parseLevel(const std::string& name) {
    static const std::map<std::string, LogLevel> levels{{"debug", LogLevel::Debug},
                                                        {"info", LogLevel::Info},
                                                        {"warning", LogLevel::Warning},
                                                        {"error", LogLevel::Error}};
    const auto level = levels.find(name);
    if (level == levels.end()) {
        throw CLI::ValidationError("--log-level",
                                   text("'", name, "': must be debug, info, warning or error"));
    }
    return level->second;
}

void define(CLI::App& app, Options& options, long& reorderWait) {
    app.add_option("--socket", options.socket, "Path of the private socket")->type_name("PATH");
    app.add_option("--bus", options.bus, "Bus to join: system, session, none or a D-Bus address")
        ->type_name("BUS")
        ->check(CLI::Validator(checkBus, ""))
        ->capture_default_str();
    app.add_option("--state", options.stateDirectory, "State directory [directory of the socket]")
        ->type_name("DIR");
    app.add_option("--history", options.historyBytes, "Memory for past events; K, M, G are understood [64M]")
        ->transform(CLI::AsSizeValue(false))
        ->type_name("BYTES");
    app.add_option("--reorder-wait", reorderWait,
                   "How long a hole in SEQNUM is waited for [50; 0 before Linux 6.9]")
        ->check(CLI::Range(0L, 10'000L).description(""))
        ->type_name("MS");
    app.add_option_function<std::string>(
           "--log-level", [&options](const std::string& name) { options.logLevel = parseLevel(name); },
           "debug, info, warning or error [info]")
        ->type_name("LEVEL");
    app.set_version_flag("--version", std::string("keventd ") + KEVENTD_VERSION);
}

} // namespace

std::optional<Options> parseCommandLine(int argc, char** argv, int& exitStatus) {
    CLI::App app("Publishes the kernel's events, in order, as D-Bus signals. See keventd(8).", "keventd");
    Options options;
    long reorderWait = -1;
    define(app, options, reorderWait);
    try {
        app.parse(argc, argv);
        complete(options);
        if (reorderWait >= 0) options.reorderWait = std::chrono::milliseconds(reorderWait);
        return options;
    } catch (const CLI::Success& wish) { // --help, --version
        exitStatus = app.exit(wish);
    } catch (const CLI::ParseError& error) {
        std::cerr << "keventd: " << error.what() << "\n";
        exitStatus = ExitUsage;
    }
    return std::nullopt;
}

} // namespace keventd
