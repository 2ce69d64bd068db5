#include "daemon/options.h"

#include "daemon/base/text.h"
#include "daemon/config/size.h"
#include "daemon/stream/history.h"
#include "dbus/bus_address.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <map>
#include <string_view>
#include <unistd.h>

namespace keventd {
namespace {

constexpr int ExitUsage = 2;

// A variable that is set to nothing is as good as none.
std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

// INVOCATION_ID and its like are inherited by every program of a service, such as a terminal's shell; this
// names the process that systemd itself has started (systemd.exec(5)).
bool isService() {
    return environment("SYSTEMD_EXEC_PID") == std::to_string(getpid());
}

// Where clients look for the socket (keventctl(1)): the system's place for the system's daemon.
std::string defaultSocket() {
    if (geteuid() == 0 || isService()) return "/run/keventd/bus";
    const std::string runtime = environment("XDG_RUNTIME_DIR");
    if (runtime.empty()) throw CLI::ValidationError("--socket", "needed, since XDG_RUNTIME_DIR is not set");
    return runtime + "/keventd/bus";
}

std::string directoryOf(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

void complete(Options& options) {
    if (options.socket.empty()) options.socket = defaultSocket();
    if (options.stateDirectory.empty()) options.stateDirectory = directoryOf(options.socket);
}

// Usage errors name the option, the value, and what is allowed.
std::string parseBus(const std::string& bus) {
    if (bus == "system" || bus == "session" || bus == "none" || isBusAddress(bus)) return bus;
    throw CLI::ValidationError("--bus",
                               text("'", bus, "': must be system, session, none or a D-Bus address"));
}

std::chrono::milliseconds parseReorderWait(const std::string& value) {
    constexpr std::uint64_t longest = 10'000;
    const auto wait = parseNumber(value);
    if (!wait || *wait > longest) {
        throw CLI::ValidationError("--reorder-wait",
                                   text("'", value, "': must be a number of 0 to ", longest));
    }
    return std::chrono::milliseconds(*wait);
}

std::size_t parseHistory(const std::string& value) {
    const auto bytes = parseSize(value);
    if (!bytes || *bytes < History::MinBytes) {
        throw CLI::ValidationError("--history",
                                   text("'", value, "': must be a size of at least 256K, such as 64M"));
    }
    return *bytes;
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

/// An option whose value is parsed by `parse` into `target`, which throws CLI::ValidationError.
template <typename Target, typename Value>
void add(CLI::App& app, const char* name, const char* placeholder, Target& target,
         Value (*parse)(const std::string&), const char* help) {
    const auto take = [&target, parse](const std::string& value) { target = parse(value); };
    app.add_option_function<std::string>(name, take, help)->type_name(placeholder);
}

std::string asIs(const std::string& value) {
    return value;
}

void define(CLI::App& app, Options& options) {
    add(app, "--socket", "PATH", options.socket, asIs, "Path of the private socket");
    add(app, "--bus", "BUS", options.bus, parseBus,
        "Bus to join: system, session, none or a D-Bus address [system]");
    add(app, "--state", "DIR", options.stateDirectory, asIs, "State directory [directory of the socket]");
    add(app, "--history", "BYTES", options.historyBytes, parseHistory,
        "Memory for past events; K, M, G are understood [64M]");
    add(app, "--reorder-wait", "MS", options.reorderWait, parseReorderWait,
        "How long a hole in SEQNUM is waited for [50; 0 before Linux 6.9]");
    add(app, "--log-level", "LEVEL", options.logLevel, parseLevel, "debug, info, warning or error [info]");
    app.set_version_flag("--version", std::string("keventd ") + KEVENTD_VERSION);
}

// CLI11 would take the next argument for the value: "--socket=$UNSET --bus=none".
void refuseEmptyValues(int argc, const char* const* argv) {
    for (int i = 1; i < argc; ++i) {
        const std::string_view argument(argv[i]);
        if (argument.starts_with("--") && argument.find('=') == argument.size() - 1) {
            throw CLI::ValidationError(std::string(argument.substr(0, argument.size() - 1)),
                                       "the value is empty");
        }
    }
}

} // namespace

std::optional<Options> parseCommandLine(int argc, char** argv, int& exitStatus) {
    CLI::App app("Publishes the kernel's events, in order, as D-Bus signals. See keventd(8).", "keventd");
    Options options;
    define(app, options);
    try {
        refuseEmptyValues(argc, argv);
        app.parse(argc, argv);
        complete(options);
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
