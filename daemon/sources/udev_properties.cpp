#include "daemon/sources/udev_properties.h"

#include "daemon/base/errors.h"

#include <cerrno>

namespace keventd {

bool isTooLong(const Event& event) {
    return event.action.size() + event.subsystem.size() + event.object.size() +
               event.properties.view().bytes().size() >
           MaxUdevEvent;
}

PropertyList propertiesOf(udev_device* device) {
    PropertyList properties;
    for (udev_list_entry* entry = udev_device_get_properties_list_entry(device); entry != nullptr;
         entry = udev_list_entry_get_next(entry)) {
        properties.set(orEmpty(udev_list_entry_get_name(entry)), orEmpty(udev_list_entry_get_value(entry)));
    }
    return properties;
}

UdevDatabase::UdevDatabase() : udev_(udev_new()) {
    if (!udev_) throwError("create udev context", errno);
}

std::optional<PropertyList> UdevDatabase::find(const std::string& devpath) const {
    const UdevDeviceHandle device(udev_device_new_from_syspath(udev_.get(), ("/sys" + devpath).c_str()));
    if (!device) return std::nullopt;
    return propertiesOf(device.get());
}

} // namespace keventd
