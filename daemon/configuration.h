// The settings in force: what the command line says, else what the files say, else the defaults.
//
// Owns them, at one place as long as the daemon runs: whoever holds a reference sees what a reload changes.
#pragma once

#include "daemon/base/errors.h"
#include "daemon/config/config_files.h"
#include "daemon/options.h"

#include <stdexcept>
#include <string>
#include <vector>

namespace keventd {

/// The files cannot be used. what() is the first complaint.
class ConfigError : public FatalError {
public:
    /// @param complaints  at least one; one line each
    explicit ConfigError(std::vector<std::string> complaints)
        : FatalError(complaints.front()), complaints_(std::move(complaints)) {}

    [[nodiscard]] const std::vector<std::string>& complaints() const { return complaints_; }

private:
    std::vector<std::string> complaints_;
};

/// Neither the command line nor a file says what only the user knows.
class UsageError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

class Configuration {
public:
    /// Reads the files.
    /// @throws ConfigError, UsageError
    explicit Configuration(const Options& commandLine);
    Configuration(const Configuration&) = delete;
    Configuration& operator=(const Configuration&) = delete;

    /// Its socket, state directory and spool are set.
    [[nodiscard]] const Settings& settings() const { return settings_; }
    /// @return names of the files that were read last, joined; empty if there were none
    [[nodiscard]] std::string files() const;

    /// Reads the files again, and takes up what can be changed while the daemon runs.
    /// @return names of the keys whose changes wait for the next start
    /// @throws ConfigError, UsageError: nothing has changed
    [[nodiscard]] std::vector<std::string> reload();

private:
    /// @throws ConfigError, UsageError
    [[nodiscard]] LoadedConfig load() const;

    Options commandLine_;
    Settings settings_;
    std::vector<std::string> files_;
};

} // namespace keventd
