// Owners of the C libraries' objects: one alias per type, no state in the deleter.
#pragma once

#include <libudev.h>
#include <memory>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

namespace keventd {

template <auto Release>
struct CDeleter {
    template <typename T>
    void operator()(T* object) const {
        Release(object);
    }
};

using EventHandle = std::unique_ptr<sd_event, CDeleter<sd_event_unref>>;
using EventSourceHandle = std::unique_ptr<sd_event_source, CDeleter<sd_event_source_disable_unref>>;
/// Closes without flushing: what a peer has not read by now, it does not get.
using BusHandle = std::unique_ptr<sd_bus, CDeleter<sd_bus_close_unref>>;
using BusMessageHandle = std::unique_ptr<sd_bus_message, CDeleter<sd_bus_message_unref>>;
using BusSlotHandle = std::unique_ptr<sd_bus_slot, CDeleter<sd_bus_slot_unref>>;
using UdevHandle = std::unique_ptr<udev, CDeleter<udev_unref>>;
using UdevMonitorHandle = std::unique_ptr<udev_monitor, CDeleter<udev_monitor_unref>>;
using UdevDeviceHandle = std::unique_ptr<udev_device, CDeleter<udev_device_unref>>;

} // namespace keventd
