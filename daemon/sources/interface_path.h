// Where sysfs has a network interface.
#pragma once

#include "keventd/properties.h"

#include <string>

namespace keventd {

/// @param link   what is known of the interface: names in link_message.h
/// @param sysfs  where sysfs is mounted
/// @return devpath. Where sysfs shows no such interface (it has gone, or is another network namespace's):
/// where
///         virtual ones stand (netdev_register_kobject() in net/core/net-sysfs.c); empty for one of a device
[[nodiscard]] std::string interfacePath(const PropertyList& link, const std::string& sysfs = "/sys");

} // namespace keventd
