// Numbers and durations of keventctl's command line are what they say, or are refused; what all options take
// is the same.
#include "client/keventctl/usage_error.h"
#include "client/keventctl/values.h"
#include "tests/fuzz/fuzz_input.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <optional>

namespace {

namespace ctl = keventd::ctl;

using ctl::Duration;
using keventd::fuzz::require;

constexpr long double MaxSeconds = 100.0L * 365 * 24 * 3600;
constexpr long double LeastDouble = 1e-300L; // what is less is refused, with its hundreds of zeros

template <typename Parse>
auto tryParse(const Parse& parse, std::string_view text) -> std::optional<decltype(parse(text))> {
    try {
        return parse(text);
    } catch (const ctl::UsageError& error) {
        require(std::string_view(error.what()).starts_with("--"), "a refusal names the option");
        return std::nullopt;
    }
}

bool isDecimal(std::string_view text) {
    const auto points = std::count(text.begin(), text.end(), '.');
    return text.find_first_not_of("0123456789.") == std::string_view::npos && points <= 1 &&
           text.size() > static_cast<std::size_t>(points);
}

/// @return seconds, as C reads them; nothing if it is no duration
std::optional<long double> secondsIn(std::string_view text) {
    static const std::map<std::string_view, long double> units{
        {"us", 1e-6L}, {"ms", 1e-3L}, {"s", 1}, {"min", 60}, {"h", 3600}, {"d", 24 * 3600}};
    const std::size_t length = std::min(text.find_first_not_of("0123456789."), text.size());
    const auto unit = units.find(text.substr(length));
    if (unit == units.end() || !isDecimal(text.substr(0, length))) return std::nullopt;
    return std::strtold(std::string(text.substr(0, length)).c_str(), nullptr) * unit->second;
}

void checkDuration(std::string_view text) {
    constexpr long double closely = 1e-6L;
    const auto duration = ctl::parseDuration(text);
    const auto seconds = secondsIn(text);
    if (!duration) {
        require(!seconds || *seconds > MaxSeconds - closely || *seconds < LeastDouble,
                "a duration is taken if it is not too long");
        return;
    }
    require(seconds.has_value() && *seconds < MaxSeconds + closely, "what is taken is a duration");
    require(std::abs(static_cast<long double>(duration->count()) - *seconds * 1e6L) <= 2,
            "a duration is what it says");
    if (*seconds < MaxSeconds / 2) { // then a double has digits enough
        require(ctl::parseDuration(std::to_string(duration->count()) + "us") == duration,
                "microseconds are exact");
    }
}

void checkNumber(std::string_view text) {
    const auto number = ctl::parseNumber(text);
    if (!number) return;
    require(text.find_first_not_of("0123456789") == std::string_view::npos, "a number is made of digits");
    require(text.ends_with(std::to_string(*number)), "a number is what it says");
    const std::string_view zeros = text.substr(0, text.size() - std::to_string(*number).size());
    require(zeros.find_first_not_of('0') == std::string_view::npos, "before it stand zeros alone");
}

void checkOptions(std::string_view text) {
    const auto number = ctl::parseNumber(text);
    const auto duration = ctl::parseDuration(text);
    const auto count = tryParse(ctl::parseCount, text);
    require(count.has_value() == (number && *number > 0), "a count is a number above 0");
    const auto timeout = tryParse(ctl::parseTimeout, text);
    require(!timeout || timeout->count() > 0, "a timeout is above 0");
    if (duration && duration->count() > 0) require(timeout == duration, "a timeout may be any duration");
    const auto since = tryParse(ctl::parseSince, text);
    require(since.has_value() == (text == "oldest" || number || duration), "--since takes these three");
    if (since && number) require(std::get<std::uint64_t>(*since) == *number, "an id is a number");
    if (since && duration) require(std::get<Duration>(*since) == *duration, "so long ago is a duration");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    checkDuration(text);
    checkNumber(text);
    checkOptions(text);
    return 0;
}
