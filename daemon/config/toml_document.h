// The text of a TOML file as a list of keys with values, each with its place. Pure.
//
// Knows nothing of what the keys mean. A thin face over toml++, which is slow to compile and therefore known
// to one file only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace keventd {

struct TomlTable {};
/// What no setting can be: an array, a date.
struct TomlOther {
    std::string_view kind; ///< "an array"
};
using TomlValue = std::variant<bool, std::int64_t, double, std::string, TomlTable, TomlOther>;

struct TomlPlace {
    std::size_t line = 0; ///< from 1
    std::size_t column = 0;
};

struct TomlEntry {
    TomlPlace place; ///< of the key
    std::string key; ///< "limits.client.window", plain text; a part that is no bare key stands in quotes
    TomlValue value;
};

struct TomlError {
    TomlPlace place;
    std::string reason; ///< one line of plain text
};

/// @return all keys in order of their places, each table before what is in it; or the first error: TOML has
/// no
///         way to go on behind it. A key that stands there twice is such an error
/// Source: https://toml.io/en/v1.0.0
[[nodiscard]] std::variant<std::vector<TomlEntry>, TomlError> parseToml(std::string_view text);

/// @return the value as a message shows it: one line of plain text, not too long
[[nodiscard]] std::string shown(const TomlValue& value);

} // namespace keventd
