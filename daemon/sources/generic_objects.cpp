#include "daemon/sources/generic_objects.h"

#include "daemon/base/text.h"
#include "daemon/sources/read_link.h"
#include "keventd/names.h"

#include <fcntl.h>

namespace keventd {
namespace {

// A name comes from firmware, or from whoever could have a message accepted: it must not lead out of the
// directory.
bool isPlainName(std::string_view name) {
    return !name.empty() && !name.starts_with('.') && name.find('/') == std::string_view::npos &&
           name.find('\0') == std::string_view::npos;
}

// @param directory  below the root of sysfs
std::string linkedDevpath(const char* sysfs, std::string_view directory, std::string_view name) {
    if (!isPlainName(name)) return "";
    return readDevpath(AT_FDCWD, text(sysfs, "/", directory, "/", name).c_str()).value_or("");
}

// The kernel tells that one has gone when it is not in sysfs any more; none has a parent there
// (thermal_zone_device_register_with_trips() and __thermal_cooling_device_register() in
// drivers/thermal/thermal_core.c).
std::string thermalObject(const std::string& name, const char* sysfs) {
    std::string linked = linkedDevpath(sysfs, "class/thermal", name);
    return linked.empty() ? "/devices/virtual/thermal/" + name : linked;
}

std::string zoneObject(std::string_view zone, const char* sysfs) {
    return thermalObject(text("thermal_zone", zone), sysfs);
}

std::string coolingObject(std::string_view device, const char* sysfs) {
    return thermalObject(text("cooling_device", device), sysfs);
}

} // namespace

std::string acpiObject(std::string_view busId, const char* sysfs) {
    return linkedDevpath(sysfs, "bus/acpi/devices", busId);
}

std::string thermalZoneObject(std::uint32_t zone, const char* sysfs) {
    return zoneObject(text(zone), sysfs);
}

std::string coolingDeviceObject(std::uint32_t device, const char* sysfs) {
    return coolingObject(text(device), sysfs);
}

std::string blockObject(std::uint32_t major, std::uint32_t minor, const char* sysfs) {
    return linkedDevpath(sysfs, "dev/block", text(major, ":", minor));
}

std::string genericObject(const Event& event, const char* sysfs) {
    const auto property = [&event](const char* key) { return event.properties.find(key).value_or(""); };
    if (event.source == names::source::Acpi) return acpiObject(property("ACPI_BUS_ID"), sysfs);
    if (event.source == names::source::Quota)
        return linkedDevpath(sysfs, "dev/block", text(property("MAJOR"), ":", property("MINOR")));
    if (const auto zone = property("THERMAL_ZONE_ID"); !zone.empty()) return zoneObject(zone, sysfs);
    const auto device = property("THERMAL_COOLING_DEVICE_ID");
    return device.empty() ? "" : coolingObject(device, sysfs);
}

} // namespace keventd
