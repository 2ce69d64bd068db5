#include "daemon/configuration.h"

#include "daemon/config/config_keys.h"

#include <cstdlib>
#include <unistd.h>

namespace keventd {
namespace {

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
    if (runtime.empty()) throw UsageError("--socket: needed, since XDG_RUNTIME_DIR is not set");
    return runtime + "/keventd/bus";
}

std::string directoryOf(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

template <typename Target, typename Value>
void overrule(Target& setting, const std::optional<Value>& option) {
    if (option) setting = *option;
}

void overrule(Settings& settings, const Options& commandLine) {
    overrule(settings.socket, commandLine.socket);
    overrule(settings.stateDirectory, commandLine.stateDirectory);
    overrule(settings.spoolDirectory, commandLine.spoolDirectory);
    overrule(settings.bus, commandLine.bus);
    overrule(settings.coldplug, commandLine.coldplug);
    overrule(settings.historyBytes, commandLine.historyBytes);
    overrule(settings.reorderWait, commandLine.reorderWait);
    overrule(settings.broadcast.ratePerSecond, commandLine.broadcastRate);
    overrule(settings.logLevel, commandLine.logLevel);
    for (const auto& [name, member] : SourcesByName) {
        if (commandLine.sources) (settings.sources.*member).enabled = commandLine.sources->contains(name);
    }
}

void complete(Settings& settings) {
    if (!settings.socket) settings.socket = defaultSocket();
    if (!settings.stateDirectory) settings.stateDirectory = directoryOf(*settings.socket);
    if (!settings.spoolDirectory) settings.spoolDirectory = *settings.stateDirectory + "/spool";
}

} // namespace

Configuration::Configuration(const Options& commandLine) : commandLine_(commandLine) {
    LoadedConfig loaded = load();
    settings_ = std::move(loaded.settings);
    files_ = std::move(loaded.files);
}

LoadedConfig Configuration::load() const {
    LoadedConfig loaded =
        loadConfig(commandLine_.config ? ConfigPlaces::of(*commandLine_.config) : ConfigPlaces::standard());
    if (!loaded.complaints.empty()) throw ConfigError(std::move(loaded.complaints));
    overrule(loaded.settings, commandLine_);
    complete(loaded.settings);
    return loaded;
}

std::vector<std::string> Configuration::reload() {
    LoadedConfig loaded = load();
    std::vector<std::string> waiting;
    for (const ConfigKey& key : configKeys()) {
        if (key.isSame(settings_, loaded.settings)) continue;
        if (key.takesEffect == TakesEffect::AtOnce) {
            key.copy(loaded.settings, settings_);
        } else {
            waiting.push_back(key.name);
        }
    }
    files_ = std::move(loaded.files);
    return waiting;
}

std::string Configuration::files() const {
    std::string joined;
    for (const std::string& file : files_) joined += (joined.empty() ? "" : ", ") + file;
    return joined;
}

} // namespace keventd
