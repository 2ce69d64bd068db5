#include "daemon/stream/device_event.h"

#include "daemon/stream/own_event.h"

#include <sys/sysmacros.h>

namespace keventd {

Event deviceEvent(const char* source, const char* action, const std::string& devpath, const Device& device) {
    Event event = ownEvent(source, action, device.subsystem);
    event.object = devpath;
    return event;
}

PropertyList knownProperties(const std::string& devpath, const Device& device, const char* devnamePrefix) {
    PropertyList properties;
    properties.set("DEVPATH", devpath);
    properties.set("SUBSYSTEM", device.subsystem);
    if (!device.devname.empty()) properties.set("DEVNAME", devnamePrefix + device.devname);
    if (device.devnum != 0) {
        properties.set("MAJOR", std::to_string(major(device.devnum)));
        properties.set("MINOR", std::to_string(minor(device.devnum)));
    }
    if (device.ifindex != 0) properties.set("IFINDEX", std::to_string(device.ifindex));
    return properties;
}

PropertyList presentProperties(const std::string& action, const std::string& devpath, const Device& device,
                               const Sysfs& sysfs) {
    PropertyList properties;
    properties.set("ACTION", action);
    const auto add = [&properties](const PropertyList& some) {
        for (const Property& property : some) properties.set(property.key, property.value);
    };
    add(knownProperties(devpath, device, ""));
    // That of a battery asks the hardware, which may take its time.
    if (device.subsystem != "power_supply") add(sysfs.properties(devpath));
    return properties;
}

} // namespace keventd
