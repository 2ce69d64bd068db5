// What the kernel says of a network interface (RTM_NEWLINK, RTM_DELLINK; rtnetlink(7)), as properties. Pure.
#pragma once

#include "keventd/properties.h"

#include <linux/netlink.h>
#include <string>
#include <variant>

namespace keventd {

/// Names of the properties.
namespace link {
inline constexpr const char* Interface = "INTERFACE"; ///< its name, as uevents have it
inline constexpr const char* Ifindex = "IFINDEX";     ///< what it is known by, as uevents have it
inline constexpr const char* Up = "UP";               ///< 1: switched on (IFF_UP)
inline constexpr const char* Carrier = "CARRIER";     ///< 1: as sysfs's `carrier`
inline constexpr const char* Operstate = "OPERSTATE"; ///< as sysfs's `operstate`: up, down, lowerlayerdown, …
inline constexpr const char* Mtu = "MTU";             ///< bytes
inline constexpr const char* Address = "ADDRESS";     ///< of the hardware, aa:bb:…; empty if it has none
inline constexpr const char* Master = "MASTER"; ///< IFINDEX of the bridge, bond, … it belongs to; 0: none
inline constexpr const char* TxQueueLength = "TX_QUEUE_LEN";
inline constexpr const char* Alias = "IFALIAS";
inline constexpr const char* Kind = "LINK_KIND"; ///< veth, bridge, …; none of hardware
inline constexpr const char* Parent =
    "PARENT_DEVICE"; ///< name of the device that it belongs to; none of virtual ones
} // namespace link

struct LinkMessage {
    bool isRemoval = false;
    int ifindex = 0;
    PropertyList properties; ///< what the message says, and no more: names above
};

/// @param message  as long as it says
/// @return the message; an empty text if it is about something else (ports of a bridge are told under their
///         own family); else why it was refused
/// Source: rtnl_fill_ifinfo() in net/core/rtnetlink.c (kernel)
[[nodiscard]] std::variant<LinkMessage, std::string> parseLinkMessage(const nlmsghdr& message);

} // namespace keventd
