#include "daemon/sources/property_strings.h"

#include <algorithm>
#include <charconv>

namespace keventd {

std::string_view takeString(std::string_view& rest) {
    const std::string_view string = rest.substr(0, rest.find('\0'));
    rest.remove_prefix(string.size() + 1);
    return string;
}

void parsePropertyStrings(std::string_view strings, PropertyList& properties) {
    properties.reserve(strings.size());
    while (!strings.empty()) {
        const std::string_view property = takeString(strings);
        const std::string_view key = property.substr(0, property.find('='));
        if (key.empty()) continue;
        properties.set(key, property.substr(std::min(key.size() + 1, property.size())));
    }
}

std::optional<std::uint64_t> parseSeqnum(const PropertyList& properties) {
    const auto value = properties.find("SEQNUM");
    if (!value) return std::nullopt;
    std::uint64_t seqnum = 0;
    const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), seqnum);
    if (error != std::errc() || end != value->data() + value->size() || seqnum == 0) return std::nullopt;
    return seqnum;
}

} // namespace keventd
