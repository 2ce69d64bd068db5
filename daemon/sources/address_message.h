// What the kernel says of an address of a network interface (RTM_NEWADDR, RTM_DELADDR; rtnetlink(7)), as
// properties. Pure.
#pragma once

#include "keventd/properties.h"

#include <linux/netlink.h>
#include <string>
#include <variant>

namespace keventd {

/// Names of the properties, beside INTERFACE and IFINDEX.
namespace address {
inline constexpr const char* Family = "FAMILY"; ///< ipv4, ipv6
inline constexpr const char* Address =
    "ADDRESS";                              ///< of the interface, with the length of its prefix: 192.0.2.1/24
inline constexpr const char* Peer = "PEER"; ///< the other end of a point-to-point link
inline constexpr const char* Scope = "SCOPE"; ///< global, site, link, host, nowhere, or a number
inline constexpr const char* Flags = "FLAGS"; ///< words as those of ip-address(8): permanent tentative …
} // namespace address

struct AddressMessage {
    bool isRemoval = false;
    int ifindex = 0;
    PropertyList properties; ///< all of the above that apply, but INTERFACE
};

/// @param message  as long as it says
/// @return the message; an empty text if it is about something else; else why it was refused
/// Source: inet_fill_ifaddr() in net/ipv4/devinet.c, inet6_fill_ifaddr() in net/ipv6/addrconf.c (kernel)
[[nodiscard]] std::variant<AddressMessage, std::string> parseAddressMessage(const nlmsghdr& message);

} // namespace keventd
