// Properties that are numbers.
#pragma once

#include "keventd/properties.h"

#include <charconv>
#include <concepts>
#include <string_view>

namespace keventd {

/// @return the number that the property begins with; 0 if there is none
template <std::unsigned_integral Number>
[[nodiscard]] Number numberOf(PropertyView properties, std::string_view key) {
    const std::string_view text = properties.find(key).value_or("");
    Number number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

} // namespace keventd
