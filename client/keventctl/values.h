// Values of options: durations, counts, places in the stream. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

namespace keventd::ctl {

using Duration = std::chrono::microseconds;

/// "10s", "500ms", "2min", "1.5h": a decimal number and a unit out of us, ms, s, min, h, d.
/// @return nothing for anything else, and for more than a hundred years
[[nodiscard]] std::optional<Duration> parseDuration(std::string_view text);

/// A whole number that fits, in decimal digits only.
[[nodiscard]] std::optional<std::uint64_t> parseNumber(std::string_view text);

/// --timeout: a duration; a plain number is seconds.
/// @throws UsageError
[[nodiscard]] Duration parseTimeout(std::string_view text);

/// --count: one or more.
/// @throws UsageError
[[nodiscard]] std::uint64_t parseCount(std::string_view text);

/// --since: an id ("oldest" is 0), or how long ago.
/// @throws UsageError
[[nodiscard]] std::variant<std::uint64_t, Duration> parseSince(std::string_view text);

} // namespace keventd::ctl
