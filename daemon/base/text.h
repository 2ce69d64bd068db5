// Messages put together from strings and numbers.
#pragma once

#include <string>
#include <type_traits>

namespace keventd {

/// @return its parts, strings and numbers, joined
template <typename... Parts>
[[nodiscard]] std::string text(const Parts&... parts) {
    std::string out;
    const auto add = [&out](const auto& part) {
        if constexpr (std::is_arithmetic_v<std::decay_t<decltype(part)>>) {
            out += std::to_string(part);
        } else {
            out += part;
        }
    };
    (add(parts), ...);
    return out;
}

} // namespace keventd
