#include "daemon/sources/address_message.h"

#include "daemon/sources/link_message.h"
#include "daemon/sources/netlink_message.h"

#include <arpa/inet.h>
#include <array>
#include <cstdint>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace keventd {
namespace {

// include/uapi/linux/if_addr.h; the first bit means something else for each family.
constexpr std::array<std::pair<std::uint32_t, const char*>, 11> FlagNames{{
    {IFA_F_NODAD, "nodad"},
    {IFA_F_OPTIMISTIC, "optimistic"},
    {IFA_F_DADFAILED, "dadfailed"},
    {IFA_F_HOMEADDRESS, "home"},
    {IFA_F_DEPRECATED, "deprecated"},
    {IFA_F_TENTATIVE, "tentative"},
    {IFA_F_PERMANENT, "permanent"},
    {IFA_F_MANAGETEMPADDR, "mngtmpaddr"},
    {IFA_F_NOPREFIXROUTE, "noprefixroute"},
    {IFA_F_MCAUTOJOIN, "autojoin"},
    {IFA_F_STABLE_PRIVACY, "stable-privacy"},
}};

std::string flagWords(std::uint32_t flags, int family) {
    std::string words;
    const auto add = [&words](const char* word) { words.append(words.empty() ? "" : " ").append(word); };
    if ((flags & IFA_F_SECONDARY) != 0) add(family == AF_INET6 ? "temporary" : "secondary");
    for (const auto& [flag, name] : FlagNames) {
        if ((flags & flag) != 0) add(name);
    }
    return words;
}

std::string scopeName(std::uint8_t scope) {
    switch (scope) {
    case RT_SCOPE_UNIVERSE:
        return "global";
    case RT_SCOPE_SITE:
        return "site";
    case RT_SCOPE_LINK:
        return "link";
    case RT_SCOPE_HOST:
        return "host";
    case RT_SCOPE_NOWHERE:
        return "nowhere";
    default:
        return std::to_string(scope);
    }
}

std::optional<std::string> addressIn(const NetlinkAttributes& attributes, std::uint16_t type, int family) {
    const auto attribute = attributes.find(type);
    const std::size_t wanted = family == AF_INET ? sizeof(in_addr) : sizeof(in6_addr);
    if (!attribute || attribute->value.size() != wanted) return std::nullopt;
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (inet_ntop(family, attribute->value.data(), text.data(), text.size()) == nullptr) return std::nullopt;
    return std::string(text.data());
}

PropertyList propertiesOf(const ifaddrmsg& header, const NetlinkAttributes& attributes,
                          const std::string& own, const std::optional<std::string>& peer) {
    const int family = header.ifa_family;
    PropertyList properties;
    properties.set(link::Ifindex, std::to_string(header.ifa_index));
    properties.set(address::Family, family == AF_INET ? "ipv4" : "ipv6");
    properties.set(address::Address, own + "/" + std::to_string(header.ifa_prefixlen));
    if (peer && *peer != own) properties.set(address::Peer, *peer);
    properties.set(address::Scope, scopeName(header.ifa_scope));
    properties.set(address::Flags,
                   flagWords(attributes.findU32(IFA_FLAGS).value_or(header.ifa_flags), family));
    return properties;
}

} // namespace

// IFA_LOCAL is the interface's own, IFA_ADDRESS the other end's, which is the same but for point-to-point
// links; IPv6 says only IFA_ADDRESS where there is no other end.
std::variant<AddressMessage, std::string> parseAddressMessage(const nlmsghdr& message) {
    if (message.nlmsg_type != RTM_NEWADDR && message.nlmsg_type != RTM_DELADDR) return "";
    const auto body = bodyOf<ifaddrmsg>(message);
    if (!body) return "malformed";
    const ifaddrmsg& header = body->header;
    if (header.ifa_family != AF_INET && header.ifa_family != AF_INET6) return "";
    const auto other = addressIn(body->attributes, IFA_ADDRESS, header.ifa_family);
    const auto local = addressIn(body->attributes, IFA_LOCAL, header.ifa_family);
    const auto own = local ? local : other;
    if (!own) return "without an address";
    return AddressMessage{message.nlmsg_type == RTM_DELADDR, static_cast<int>(header.ifa_index),
                          propertiesOf(header, body->attributes, *own, other)};
}

} // namespace keventd
