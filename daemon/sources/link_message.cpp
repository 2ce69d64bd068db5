#include "daemon/sources/link_message.h"

#include "daemon/sources/netlink_message.h"

#include <array>
#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <optional>
#include <span>
#include <string_view>
#include <sys/socket.h>

namespace keventd {
namespace {

// As operstate_show() in net/core/net-sysfs.c.
constexpr std::array OperstateNames{"unknown", "notpresent", "down", "lowerlayerdown",
                                    "testing", "dormant",    "up"};

constexpr std::uint16_t ParentDevName = 56; // IFLA_PARENT_DEV_NAME, since Linux 5.14

void setNumber(PropertyList& properties, const char* key, const std::optional<std::uint32_t>& number) {
    if (number) properties.set(key, std::to_string(*number));
}

void setText(PropertyList& properties, const char* key, const std::optional<std::string_view>& text) {
    if (text) properties.set(key, *text);
}

std::optional<std::uint8_t> byteIn(const NetlinkAttributes& attributes, std::uint16_t type) {
    const auto attribute = attributes.find(type);
    return attribute ? attribute->number<std::uint8_t>() : std::nullopt;
}

std::string hardwareAddress(std::span<const char> bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string address;
    for (const char signedByte : bytes) {
        const auto byte = static_cast<unsigned char>(signedByte);
        if (!address.empty()) address += ':';
        address += digits[byte >> 4U];
        address += digits[byte & 15U];
    }
    return address;
}

std::string operstate(std::uint8_t number) {
    return number < OperstateNames.size() ? OperstateNames[number] : std::to_string(number);
}

// A message that has the MTU has all there is (rtnl_fill_ifinfo()): of some, only what differs from none.
void setWhatMayBeNone(PropertyList& properties, const NetlinkAttributes& attributes) {
    if (!attributes.find(IFLA_MTU)) return;
    properties.set(link::Master, std::to_string(attributes.findU32(IFLA_MASTER).value_or(0)));
    properties.set(link::Alias, attributes.findText(IFLA_IFALIAS).value_or(""));
}

PropertyList propertiesOf(const ifinfomsg& header, const NetlinkAttributes& attributes) {
    PropertyList properties;
    setText(properties, link::Interface, attributes.findText(IFLA_IFNAME));
    properties.set(link::Ifindex, std::to_string(header.ifi_index));
    properties.set(link::Up, (header.ifi_flags & IFF_UP) != 0 ? "1" : "0");
    setNumber(properties, link::Carrier, byteIn(attributes, IFLA_CARRIER));
    if (const auto state = byteIn(attributes, IFLA_OPERSTATE))
        properties.set(link::Operstate, operstate(*state));
    setNumber(properties, link::Mtu, attributes.findU32(IFLA_MTU));
    if (const auto address = attributes.find(IFLA_ADDRESS))
        properties.set(link::Address, hardwareAddress(address->value));
    setNumber(properties, link::TxQueueLength, attributes.findU32(IFLA_TXQLEN));
    setWhatMayBeNone(properties, attributes);
    setText(properties, link::Kind, attributes.findNested(IFLA_LINKINFO).findText(IFLA_INFO_KIND));
    setText(properties, link::Parent, attributes.findText(ParentDevName));
    return properties;
}

} // namespace

std::variant<LinkMessage, std::string> parseLinkMessage(const nlmsghdr& message) {
    if (message.nlmsg_type != RTM_NEWLINK && message.nlmsg_type != RTM_DELLINK) return "";
    const auto body = bodyOf<ifinfomsg>(message);
    if (!body) return "malformed";
    const ifinfomsg& header = body->header;
    if (header.ifi_family != AF_UNSPEC) return "";
    if (header.ifi_index <= 0) return "without an interface";
    return LinkMessage{message.nlmsg_type == RTM_DELLINK, header.ifi_index,
                       propertiesOf(header, body->attributes)};
}

} // namespace keventd
