#include "client/keventctl/values.h"

#include "client/keventctl/usage_error.h"

#include <charconv>
#include <string>

namespace keventd::ctl {
namespace {

constexpr double MaxSeconds = 100.0 * 365 * 24 * 3600;

struct Unit {
    std::string_view name;
    double seconds;
};

constexpr Unit Units[] = {
    {"us", 1e-6}, {"ms", 1e-3}, {"s", 1}, {"min", 60}, {"h", 3600}, {"d", 24 * 3600},
};

/// Digits, with a point and digits if need be: no sign, no exponent, no hexadecimal.
std::size_t lengthOfDecimal(std::string_view text) {
    const std::size_t end = text.find_first_not_of("0123456789.");
    return end == std::string_view::npos ? text.size() : end;
}

std::optional<double> findUnit(std::string_view name) {
    for (const Unit& unit : Units) {
        if (unit.name == name) return unit.seconds;
    }
    return std::nullopt;
}

/// @param decimal  of nothing else: what is not finite, or far below 0, is no microseconds
std::optional<Duration> toDuration(std::string_view decimal, double unitSeconds) {
    double number = 0;
    const char* end = decimal.data() + decimal.size();
    const auto [parsed, error] = std::from_chars(decimal.data(), end, number, std::chars_format::fixed);
    if (error != std::errc() || parsed != end) return std::nullopt;
    const double seconds = number * unitSeconds;
    if (seconds > MaxSeconds) return std::nullopt;
    return std::chrono::round<Duration>(std::chrono::duration<double>(seconds));
}

std::string quoted(std::string_view text) {
    return "'" + std::string(text) + "'";
}

} // namespace

std::optional<Duration> parseDuration(std::string_view text) {
    const std::size_t length = lengthOfDecimal(text);
    const auto unit = findUnit(text.substr(length));
    if (!unit) return std::nullopt;
    return toDuration(text.substr(0, length), *unit);
}

std::optional<std::uint64_t> parseNumber(std::string_view text) {
    std::uint64_t number = 0;
    const char* end = text.data() + text.size();
    const auto [parsed, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || parsed != end) return std::nullopt;
    return number;
}

Duration parseTimeout(std::string_view text) {
    std::optional<Duration> timeout = parseDuration(text);
    if (!timeout && lengthOfDecimal(text) == text.size()) timeout = toDuration(text, 1);
    if (timeout && timeout->count() > 0) return *timeout;
    throw UsageError("--timeout: " + quoted(text) +
                     " is not a duration such as 10s, 500ms, 2min or 1h, above 0");
}

std::uint64_t parseCount(std::string_view text) {
    const auto count = parseNumber(text);
    if (!count || *count == 0) throw UsageError("--count: " + quoted(text) + " is not a number of 1 or more");
    return *count;
}

std::variant<std::uint64_t, Duration> parseSince(std::string_view text) {
    if (text == "oldest") return std::uint64_t{0};
    if (const auto id = parseNumber(text)) return *id;
    if (const auto duration = parseDuration(text)) return *duration;
    throw UsageError("--since: " + quoted(text) +
                     " is neither an id nor 'oldest' nor a duration such as 10s, 500ms, 2min or 1h");
}

} // namespace keventd::ctl
