// Numbers and sizes as the command line has them. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace keventd {

/// @return a whole number in decimal digits, and nothing else; nothing if it does not fit
[[nodiscard]] std::optional<std::uint64_t> parseNumber(std::string_view text);

/// @param text  "1048576", "1024K", "1M": K, M and G are powers of 1024, in either case
/// @return bytes; nothing for anything else, and if it does not fit
[[nodiscard]] std::optional<std::size_t> parseSize(std::string_view text);

} // namespace keventd
