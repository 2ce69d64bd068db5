// Events about devices that nobody has sent: of what exists, or was found by comparison.
#pragma once

#include "daemon/sources/device.h"
#include "daemon/sources/sysfs.h"
#include "keventd/event.h"

#include <string>

namespace keventd {

/// @param source  names::source
/// @param devpath, device  plain, or not yet escaped
/// @return an event of now, without properties
[[nodiscard]] Event deviceEvent(const char* source, const char* action, const std::string& devpath,
                                const Device& device);

/// What the kernel itself would say of a device that cannot be asked any more, as far as it is known:
/// DEVPATH, SUBSYSTEM, MAJOR, MINOR, DEVNAME, IFINDEX.
/// @param devnamePrefix  "/dev/" as libudev says it, or nothing as the kernel does
[[nodiscard]] PropertyList knownProperties(const std::string& devpath, const Device& device,
                                           const char* devnamePrefix);

/// What the kernel would say of a device that is there in an event of this action now: the same, and what its
/// file `uevent` says, but of batteries. A page of properties at most beside those that are known: the
/// history has room for it.
[[nodiscard]] PropertyList presentProperties(const std::string& action, const std::string& devpath,
                                             const Device& device, const Sysfs& sysfs);

} // namespace keventd
