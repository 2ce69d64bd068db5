#include "daemon/options.h"

#include "daemon/base/text.h"
#include "daemon/config/size.h"
#include "daemon/config/source_settings.h"
#include "daemon/config/values.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <sstream>
#include <string_view>
#include <utility>

namespace keventd {
namespace {

// Usage errors name the option, the value, and what is allowed.
std::string parseBus(const std::string& bus) {
    if (isBusChoice(bus)) return bus;
    throw CLI::ValidationError("--bus", text("'", bus, "': must be ", AllowedBus));
}

std::chrono::milliseconds parseReorderWait(const std::string& value) {
    const auto wait = parseNumber(value);
    if (!wait || std::cmp_greater(*wait, MaxReorderWait.count())) {
        throw CLI::ValidationError("--reorder-wait",
                                   text("'", value, "': must be a number of 0 to ", MaxReorderWait.count()));
    }
    return std::chrono::milliseconds(*wait);
}

std::size_t parseHistory(const std::string& value) {
    const auto bytes = parseSize(value);
    if (!bytes || *bytes < MinHistoryBytes) {
        throw CLI::ValidationError("--history", text("'", value, "': must be ", AllowedHistorySize));
    }
    return *bytes;
}

std::uint32_t parseBroadcastRate(const std::string& value) {
    const auto rate = parseNumber(value);
    if (!rate || *rate > MaxBroadcastRate) {
        throw CLI::ValidationError("--broadcast-rate",
                                   text("'", value, "': must be a number of 0 to ", MaxBroadcastRate));
    }
    return static_cast<std::uint32_t>(*rate);
}

bool parseColdplug(const std::string& value) {
    if (value == "yes" || value == "no") return value == "yes";
    throw CLI::ValidationError("--coldplug", text("'", value, "': must be yes or no"));
}

std::string allowedSources() {
    std::string names;
    for (const auto& [name, member] : SourcesByName) names += text(name, ", ");
    return names + "separated by commas, or none";
}

bool isSource(std::string_view name) {
    return std::any_of(SourcesByName.begin(), SourcesByName.end(),
                       [name](const auto& source) { return name == source.first; });
}

std::set<std::string> parseSources(const std::string& value) {
    if (value == "none") return {};
    std::set<std::string> names;
    std::istringstream list(value);
    for (std::string name; std::getline(list, name, ',');) {
        if (!isSource(name))
            throw CLI::ValidationError("--sources", text("'", name, "': must be ", allowedSources()));
        names.insert(name);
    }
    return names;
}

LogLevel parseLevel(const std::string& name) {
    if (const auto level = parseLogLevel(name)) return *level;
    throw CLI::ValidationError("--log-level", text("'", name, "': must be ", AllowedLogLevel));
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
    add(app, "--config", "FILE", options.config, asIs,
        "Configuration file; FILE.d beside it is read, too [/etc/keventd/keventd.toml]");
    add(app, "--socket", "PATH", options.socket, asIs, "Path of the private socket");
    add(app, "--bus", "BUS", options.bus, parseBus,
        "Bus to join: system, session, none or a D-Bus address [system]");
    add(app, "--state", "DIR", options.stateDirectory, asIs, "State directory [directory of the socket]");
    add(app, "--spool", "DIR", options.spoolDirectory, asIs,
        "Where early events were handed over [spool in the state directory]");
    add(app, "--coldplug", "yes|no", options.coldplug, parseColdplug,
        "Whether a new stream begins with the devices that are there [yes]");
    add(app, "--sources", "LIST", options.sources, parseSources,
        "Sources that run beside uevents: names separated by commas, or none [all]");
    add(app, "--history", "BYTES", options.historyBytes, parseHistory,
        "Memory for past events; K, M, G are understood [64M]");
    add(app, "--reorder-wait", "MS", options.reorderWait, parseReorderWait,
        "How long a hole in SEQNUM is waited for [50; 0 before Linux 6.9]");
    add(app, "--broadcast-rate", "N", options.broadcastRate, parseBroadcastRate,
        "Signals broadcast on the bus in a second at most; 0: none [1000]");
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
