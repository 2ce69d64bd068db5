// Properties that are numbers.
#pragma once

#include "keventd/properties.h"

#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>
#include <system_error>

namespace keventd {

/// @return the number that the property is; nothing if it is missing, or anything else
template <std::integral Number>
[[nodiscard]] std::optional<Number> findNumber(PropertyView properties, std::string_view key) {
    const std::string_view text = properties.find(key).value_or("");
    Number number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

/// @return the number that the property begins with; 0 if there is none
template <std::integral Number>
[[nodiscard]] Number numberOf(PropertyView properties, std::string_view key) {
    const std::string_view text = properties.find(key).value_or("");
    Number number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

} // namespace keventd
