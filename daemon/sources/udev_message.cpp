#include "daemon/sources/udev_message.h"

#include "daemon/sources/property_strings.h"
#include "keventd/names.h"

#include <arpa/inet.h>
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace keventd {
namespace {

/// As far as it matters here: a hash of the subsystem and more follow, for filters in the kernel.
struct Header {
    std::array<char, 8> prefix;
    std::uint32_t magic; // big-endian, the rest is not
    std::uint32_t headerBytes;
    std::uint32_t propertiesOffset;
    std::uint32_t propertiesBytes;
};
constexpr std::array<char, 8> ExpectedPrefix{'l', 'i', 'b', 'u', 'd', 'e', 'v', '\0'};
constexpr std::uint32_t ExpectedMagic = 0xfeedcafe;

// @return the properties of a message of this format; nothing if it is none
std::optional<std::string_view> findProperties(std::span<const char> message) {
    Header header{};
    if (message.size() < sizeof header) return std::nullopt;
    std::memcpy(&header, message.data(), sizeof header);
    if (header.prefix != ExpectedPrefix || ntohl(header.magic) != ExpectedMagic) return std::nullopt;
    if (header.propertiesOffset < sizeof header || header.propertiesOffset > message.size())
        return std::nullopt;
    const std::string_view rest(message.data() + header.propertiesOffset,
                                message.size() - header.propertiesOffset);
    if (header.propertiesBytes == 0 || header.propertiesBytes > rest.size()) return std::nullopt;
    const std::string_view properties = rest.substr(0, header.propertiesBytes);
    return properties.back() == '\0' ? std::optional(properties) : std::nullopt;
}

} // namespace

std::variant<Event, std::string> parseUdevMessage(std::span<const char> message) {
    const auto properties = findProperties(message);
    if (!properties) return "not udevd's, or malformed";
    Event event;
    event.source = names::source::Udev;
    parsePropertyStrings(*properties, event.properties);
    event.action = event.properties.find("ACTION").value_or("");
    event.subsystem = event.properties.find("SUBSYSTEM").value_or("");
    event.object = event.properties.find("DEVPATH").value_or("");
    event.seqnum = parseSeqnum(event.properties).value_or(0);
    if (event.properties.find("SYNTH_UUID")) event.flags |= EventFlag::Synthetic;
    return event;
}

} // namespace keventd
