// The devices that udev's events have told of, as of the last event of the stream.
#pragma once

#include "daemon/sources/udev_records.h"
#include "daemon/stream/device_table.h"
#include "keventd/event.h"

#include <chrono>
#include <map>
#include <string>

namespace keventd {

class UdevTable {
public:
    struct Entry {
        std::chrono::microseconds readAt{0}; ///< CLOCK_REALTIME when its last event was read
        std::string subsystem;
        std::string devname; ///< with /dev/; empty if it has none
    };
    using Devices = std::map<std::string, Entry>; ///< by devpath

    /// Takes what udevd has written down of these devices as told. To be called before the first event.
    void begin(const DeviceTable& devices, const UdevRecords& records);
    /// @param event  the next one of the stream, its text not yet escaped
    void apply(const Event& event);

    [[nodiscard]] const Devices& devices() const { return devices_; }

private:
    Devices devices_;
};

} // namespace keventd
