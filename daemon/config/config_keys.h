// Every key of the configuration file: what it sets, what it allows, and when a change of it takes effect.
#pragma once

#include "daemon/config/settings.h"
#include "daemon/config/toml_document.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace keventd {

enum class TakesEffect {
    AtOnce,
    AtNextStart,
};

struct ConfigKey {
    std::string name; ///< "limits.client.window"
    TakesEffect takesEffect;
    std::string allowed; ///< "a whole number of 1 to 65536"
    /// @return whether the value is allowed; if not, the settings are as before
    std::function<bool(const TomlValue& value, Settings& settings)> set;
    std::function<bool(const Settings&, const Settings&)> isSame;
    std::function<void(const Settings& from, Settings& to)> copy;
};

[[nodiscard]] const std::vector<ConfigKey>& configKeys();

/// @return nullptr if there is no such key
[[nodiscard]] const ConfigKey* findConfigKey(std::string_view name);

/// @param table  "limits.client"; empty: the whole file
/// @return what may stand in the table, without its name: "subscriptions, filter_terms"; empty if there is no
///         such table
[[nodiscard]] std::string contentsOfTable(std::string_view table);

} // namespace keventd
