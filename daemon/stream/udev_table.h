// The devices that udev's events have told of, as of the last event of the stream.
#pragma once

#include "daemon/sources/udev_records.h"
#include "daemon/stream/device_table.h"
#include "keventd/event.h"

#include <chrono>
#include <map>
#include <string>
#include <utility>

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
    /// @return false if nothing has changed
    bool apply(const Event& event);
    /// @return whether the event takes its device from where it was (DEVPATH_OLD), with all below it
    [[nodiscard]] static bool isMove(const Event& event);

    /// For who has kept them: as apply(), of a device that is as described, has gone, or has moved.
    void put(std::string devpath, Entry entry) {
        devices_.insert_or_assign(std::move(devpath), std::move(entry));
    }
    void remove(const std::string& devpath);
    void move(const std::string& from, const std::string& to);

    [[nodiscard]] const Devices& devices() const { return devices_; }

private:
    Devices devices_;
};

} // namespace keventd
