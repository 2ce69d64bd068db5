// Which device an event of generic netlink is about: the kernel names it in other ways than by its place in
// sysfs, which a link there leads to.
#pragma once

#include "keventd/event.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace keventd {

/// @param busId  of ACPI: LNXPWRBN:00
/// @param sysfs  where it is mounted
/// @return the devpath of what is there now (for a zone that is being removed, nothing); empty if there is
/// none, or if
///         `busId` is no name
[[nodiscard]] std::string acpiObject(std::string_view busId, const char* sysfs = "/sys");
[[nodiscard]] std::string thermalZoneObject(std::uint32_t zone, const char* sysfs = "/sys");
[[nodiscard]] std::string coolingDeviceObject(std::uint32_t device, const char* sysfs = "/sys");
[[nodiscard]] std::string blockObject(std::uint32_t major, std::uint32_t minor, const char* sysfs = "/sys");

/// @param event  of source `acpi`, `thermal` or `quota`, with the properties that its parser has set
/// @return the devpath of its object, as those above
[[nodiscard]] std::string genericObject(const Event& event, const char* sysfs = "/sys");

} // namespace keventd
