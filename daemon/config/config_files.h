// Where configuration files are, and the settings that all of them together make.
#pragma once

#include "daemon/config/settings.h"

#include <string>
#include <vector>

namespace keventd {

struct ConfigPlaces {
    std::string file;
    bool mayBeMissing = false; ///< the file
    /// Of drop-ins, *.toml. Of those of one name only that in the first directory counts, and all are read in
    /// order of their names.
    std::vector<std::string> dropInDirectories;

    /// /etc/keventd/keventd.toml, and drop-ins in /etc, /run and /usr/lib, as systemd has it.
    [[nodiscard]] static ConfigPlaces standard();
    /// This file, and drop-ins in the directory beside it, FILE.d.
    [[nodiscard]] static ConfigPlaces of(const std::string& file);
};

struct LoadedConfig {
    Settings settings;                   ///< of no use if there are complaints
    std::vector<std::string> files;      ///< that were read, in order: what a later one says, wins
    std::vector<std::string> complaints; ///< one line each; not more than some
};

[[nodiscard]] LoadedConfig loadConfig(const ConfigPlaces& places);

} // namespace keventd
