#include "dbus/bus_address.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>

namespace keventd {
namespace {

// Of sd-bus, src/libsystemd/sd-bus/sd-bus.c: bus_parse_next_address().
constexpr std::string_view Transports[] = {"unix:", "tcp:", "unixexec:", "x-machine-unix:"};

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

std::string_view environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string_view() : std::string_view(value);
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

// Takes what stands before the next `mark` off `rest`, and the mark.
std::string_view takeUpTo(std::string_view& rest, char mark) {
    const std::string_view part = rest.substr(0, rest.find(mark));
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
    return part;
}

/// @return the value of `key` in "key=value,key=value"
std::optional<std::string> findValue(std::string_view pairs, std::string_view key) {
    while (!pairs.empty()) {
        const std::string_view pair = takeUpTo(pairs, ',');
        if (pair.starts_with(key) && pair.substr(key.size()).starts_with('=')) {
            return unescape(pair.substr(key.size() + 1));
        }
    }
    return std::nullopt;
}

bool isPair(std::string_view pair) {
    const std::size_t equals = pair.find('=');
    return equals != 0 && equals != std::string_view::npos && unescape(pair.substr(equals + 1));
}

bool isOneAddress(std::string_view address) {
    const auto* const transport =
        std::find_if(std::begin(Transports), std::end(Transports),
                     [&](std::string_view known) { return address.starts_with(known); });
    if (transport == std::end(Transports)) return false;
    address.remove_prefix(transport->size());
    bool isGood = !address.empty();
    while (!address.empty()) isGood = isPair(takeUpTo(address, ',')) && isGood;
    return isGood;
}

} // namespace

bool isBusAddress(std::string_view text) {
    bool isGood = !text.empty();
    while (!text.empty()) isGood = isOneAddress(takeUpTo(text, ';')) && isGood;
    return isGood;
}

std::string systemBusAddress() {
    const std::string_view address = environment("DBUS_SYSTEM_BUS_ADDRESS");
    return std::string(address.empty() ? "unix:path=/run/dbus/system_bus_socket" : address);
}

std::optional<std::string> findSessionBusAddress() {
    const std::string_view address = environment("DBUS_SESSION_BUS_ADDRESS");
    if (!address.empty()) return std::string(address);
    const std::string_view directory = environment("XDG_RUNTIME_DIR");
    if (directory.empty()) return std::nullopt;
    return addressOfSocket(std::string(directory) + "/bus");
}

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
    if (!isBusAddress(address)) return std::nullopt;
    if (address.ends_with(';')) address.remove_suffix(1);
    if (!address.starts_with(transport) || address.find(';') != std::string_view::npos) return std::nullopt;
    address.remove_prefix(transport.size());
    if (auto path = findValue(address, "path")) return path;
    if (auto name = findValue(address, "abstract")) return '\0' + *name;
    return std::nullopt;
}

} // namespace keventd
