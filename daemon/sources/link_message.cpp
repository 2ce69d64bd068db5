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

// Since Linux 5.14; the highest type that we read.
constexpr std::size_t ParentDevName = 56; // IFLA_PARENT_DEV_NAME
using LinkAttributes = std::array<nlattr*, ParentDevName + 1>;

void setNumber(PropertyList& properties, const char* key, const std::optional<std::uint32_t>& number) {
    if (number) properties.set(key, std::to_string(*number));
}

void setText(PropertyList& properties, const char* key, const std::optional<std::string>& text) {
    if (text) properties.set(key, *text);
}

std::string hardwareAddress(std::span<const std::uint8_t> bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string address;
    for (const std::uint8_t byte : bytes) {
        if (!address.empty()) address += ':';
        address += digits[byte >> 4U];
        address += digits[byte & 15U];
    }
    return address;
}

std::string operstate(std::uint8_t number) {
    return number < OperstateNames.size() ? OperstateNames[number] : std::to_string(number);
}

std::optional<std::string> kindIn(const nlattr* info) {
    std::array<nlattr*, IFLA_INFO_KIND + 1> nested{};
    if (info == nullptr || !readNested(info, nested)) return std::nullopt;
    return textIn(nested[IFLA_INFO_KIND]);
}

// A message that has the MTU has all there is (rtnl_fill_ifinfo()): of some, only what differs from none.
void setWhatMayBeNone(PropertyList& properties, const LinkAttributes& attributes) {
    if (attributes[IFLA_MTU] == nullptr) return;
    properties.set(link::Master, std::to_string(numberIn(attributes[IFLA_MASTER]).value_or(0)));
    properties.set(link::Alias, textIn(attributes[IFLA_IFALIAS]).value_or(""));
}

PropertyList propertiesOf(const ifinfomsg& header, const LinkAttributes& attributes) {
    PropertyList properties;
    setText(properties, link::Interface, textIn(attributes[IFLA_IFNAME]));
    properties.set(link::Ifindex, std::to_string(header.ifi_index));
    properties.set(link::Up, (header.ifi_flags & IFF_UP) != 0 ? "1" : "0");
    setNumber(properties, link::Carrier, byteIn(attributes[IFLA_CARRIER]));
    if (const auto state = byteIn(attributes[IFLA_OPERSTATE]))
        properties.set(link::Operstate, operstate(*state));
    setNumber(properties, link::Mtu, numberIn(attributes[IFLA_MTU]));
    if (const auto address = bytesIn(attributes[IFLA_ADDRESS]))
        properties.set(link::Address, hardwareAddress(*address));
    setNumber(properties, link::TxQueueLength, numberIn(attributes[IFLA_TXQLEN]));
    setWhatMayBeNone(properties, attributes);
    setText(properties, link::Kind, kindIn(attributes[IFLA_LINKINFO]));
    setText(properties, link::Parent, textIn(attributes[ParentDevName]));
    return properties;
}

} // namespace

std::variant<LinkMessage, std::string> parseLinkMessage(const nlmsghdr& message) {
    if (message.nlmsg_type != RTM_NEWLINK && message.nlmsg_type != RTM_DELLINK) return "";
    LinkAttributes attributes{};
    if (!readAttributes(message, sizeof(ifinfomsg), attributes)) return "malformed";
    const auto header = headerOf<ifinfomsg>(message);
    if (header.ifi_family != AF_UNSPEC) return "";
    if (header.ifi_index <= 0) return "without an interface";
    return LinkMessage{message.nlmsg_type == RTM_DELLINK, header.ifi_index, propertiesOf(header, attributes)};
}

} // namespace keventd
