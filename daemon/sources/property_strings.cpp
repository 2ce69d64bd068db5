#include "daemon/sources/property_strings.h"

#include "daemon/sources/property_number.h"

#include <algorithm>

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
    const auto seqnum = findNumber<std::uint64_t>(properties, "SEQNUM");
    return seqnum == 0U ? std::nullopt : seqnum;
}

} // namespace keventd
