// The text of one configuration file, checked. Pure.
#pragma once

#include "daemon/config/settings.h"

#include <string>
#include <string_view>
#include <vector>

namespace keventd {

/// Sets what the file says; keys that it does not name keep their values.
/// @param contents  of the whole file
/// @param file  its name, for the complaints
/// @return every mistake, one line of plain text each: "FILE:LINE:COLUMN: KEY: what is wrong, what is
///         allowed". If there is any, the settings are of no use
/// Source: keventd.toml(5)
[[nodiscard]] std::vector<std::string> parseConfig(std::string_view contents, std::string_view file,
                                                   Settings& settings);

} // namespace keventd
