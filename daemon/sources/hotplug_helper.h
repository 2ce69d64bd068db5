// The kernel's hotplug helper, which told of events when nobody could listen: whether there is one.
#pragma once

#include "daemon/sources/source.h"

#include <string>

namespace keventd {

/// @param path  /sys/kernel/uevent_helper, which kernels without CONFIG_UEVENT_HELPER do not have
/// (kernel/ksysfs.c)
[[nodiscard]] SourceStatus hotplugHelperStatus(const std::string& path = "/sys/kernel/uevent_helper");

} // namespace keventd
