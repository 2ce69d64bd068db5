#include "daemon/config/size.h"

#include <charconv>
#include <limits>

namespace keventd {
namespace {

std::size_t factorOf(char unit) {
    constexpr std::size_t kilo = 1024;
    switch (unit) {
    case 'k':
    case 'K':
        return kilo;
    case 'm':
    case 'M':
        return kilo * kilo;
    case 'g':
    case 'G':
        return kilo * kilo * kilo;
    default:
        return 1;
    }
}

} // namespace

std::optional<std::uint64_t> parseNumber(std::string_view text) {
    std::uint64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [parsed, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || parsed != end) return std::nullopt;
    return number;
}

std::optional<std::size_t> parseSize(std::string_view text) {
    const std::size_t factor = text.empty() ? 1 : factorOf(text.back());
    if (factor > 1) text.remove_suffix(1);
    const auto number = parseNumber(text);
    if (!number || *number > std::numeric_limits<std::size_t>::max() / factor) return std::nullopt;
    return *number * factor;
}

} // namespace keventd
