// What libudev knows of a device, as a list of properties.
#pragma once

#include "daemon/base/c_handles.h"
#include "keventd/event.h"
#include "keventd/properties.h"

#include <cstddef>
#include <optional>
#include <string>

namespace keventd {

/// @param text  of libudev, which says nullptr where it has nothing to say
[[nodiscard]] inline const char* orEmpty(const char* text) {
    return text == nullptr ? "" : text;
}

/// The history keeps each byte escaped as four, and ACTION, SUBSYSTEM and DEVPATH twice (History::MinBytes).
/// udevd sets no limit; typical are 1.5 KB.
inline constexpr std::size_t MaxUdevEvent = std::size_t{24} * 1024;

/// @return whether the event, with what udev knows, has more than MaxUdevEvent bytes
[[nodiscard]] bool isTooLong(const Event& event);

/// @return all properties of the device, in libudev's order
[[nodiscard]] PropertyList propertiesOf(udev_device* device);

/// udev's database beside sysfs, asked anew for each device.
class UdevDatabase {
public:
    /// @throws FatalError
    UdevDatabase();

    /// Reads the device's `uevent` file and its record in udev's database (/run/udev/data). Where udevd does
    /// not run, it is the kernel's properties alone.
    /// @param devpath  without /sys
    /// @return nothing if there is no such device
    [[nodiscard]] std::optional<PropertyList> find(const std::string& devpath) const;

private:
    UdevHandle udev_;
};

} // namespace keventd
