// A size of the command line is digits and a unit, and it is exactly what it says, or it is refused.
#include "daemon/config/size.h"
#include "tests/fuzz/fuzz_input.h"

#include <limits>
#include <optional>

namespace {

using keventd::fuzz::require;

/// Digit by digit.
std::optional<std::uint64_t> numberIn(std::string_view digits) {
    constexpr std::uint64_t greatest = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t number = 0;
    for (const char c : digits) {
        if (c < '0' || c > '9') return std::nullopt;
        const auto digit = static_cast<std::uint64_t>(c - '0');
        if (number > (greatest - digit) / 10) return std::nullopt;
        number = number * 10 + digit;
    }
    return digits.empty() ? std::nullopt : std::optional(number);
}

unsigned shiftOf(char unit) {
    switch (unit) {
    case 'k':
    case 'K':
        return 10;
    case 'm':
    case 'M':
        return 20;
    case 'g':
    case 'G':
        return 30;
    default:
        return 0;
    }
}

std::optional<std::size_t> sizeIn(std::string_view text) {
    const unsigned shift = text.empty() ? 0 : shiftOf(text.back());
    const auto number = numberIn(text.substr(0, text.size() - (shift > 0 ? 1 : 0)));
    if (!number || (*number << shift) >> shift != *number) return std::nullopt;
    return *number << shift;
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    require(keventd::parseNumber(text) == numberIn(text), "a number is what its digits say");
    const auto bytes = keventd::parseSize(text);
    require(bytes == sizeIn(text), "a size is what it says");
    if (bytes) require(keventd::parseSize(std::to_string(*bytes)) == bytes, "bytes are a size");
    return 0;
}
