#include "client/lib/address.h"

#include <algorithm>

namespace keventd {
inline namespace client {
namespace {

constexpr std::string_view HexDigits = "0123456789abcdef";

bool standsForItself(char c) {
    const auto isBetween = [c](char first, char last) { return c >= first && c <= last; };
    return isBetween('a', 'z') || isBetween('A', 'Z') || isBetween('0', '9') ||
           std::string_view("-_/.\\*").find(c) != std::string_view::npos;
}

int hexValue(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::optional<std::string> unescape(std::string_view value) {
    std::string result;
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] != '%') {
            result += value[i];
            continue;
        }
        if (value.size() - i < 3) return std::nullopt;
        const int high = hexValue(value[i + 1]);
        const int low = hexValue(value[i + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        result += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return result;
}

/// @return the value of `key` in "key=value,key=value"
std::optional<std::string> findValue(std::string_view pairs, std::string_view key) {
    while (!pairs.empty()) {
        const std::string_view pair = pairs.substr(0, pairs.find(','));
        pairs.remove_prefix(std::min(pair.size() + 1, pairs.size()));
        if (pair.starts_with(key) && pair.substr(key.size()).starts_with('=')) {
            return unescape(pair.substr(key.size() + 1));
        }
    }
    return std::nullopt;
}

} // namespace

std::string escapeAddressValue(std::string_view value) {
    std::string escaped;
    for (const char c : value) {
        if (standsForItself(c)) {
            escaped += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        escaped += {'%', HexDigits[byte / 16U], HexDigits[byte % 16U]};
    }
    return escaped;
}

std::string addressOfSocket(std::string_view path) {
    return "unix:path=" + escapeAddressValue(path);
}

std::optional<std::string> findSocketName(std::string_view address) {
    constexpr std::string_view transport = "unix:";
    if (address.ends_with(';')) address.remove_suffix(1);
    if (!address.starts_with(transport) || address.find(';') != std::string_view::npos) return std::nullopt;
    address.remove_prefix(transport.size());
    if (auto path = findValue(address, "path")) return path;
    if (auto name = findValue(address, "abstract")) return '\0' + *name;
    return std::nullopt;
}

} // namespace client
} // namespace keventd
