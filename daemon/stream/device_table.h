// The devices that exist as of the last event of the stream.
//
// It begins with a walk of sysfs and is kept by the kernel's events in the order in which they leave, so that
// "all devices, as of this id" has a meaning: sysfs itself is always ahead of the stream. What a process
// asked for (synthetic and injected events) changes no device, and is looked up instead of believed.
#pragma once

#include "daemon/sources/sysfs.h"
#include "keventd/event.h"

#include <cstddef>
#include <map>
#include <string>
#include <utility>

namespace keventd {

class DeviceTable {
public:
    /// By devpath: parents come before what is below them.
    using Devices = std::map<std::string, Device>;

    /// @param sysfs  outlives the table
    explicit DeviceTable(const Sysfs& sysfs) : sysfs_(sysfs) {}
    DeviceTable(const DeviceTable&) = delete;
    DeviceTable& operator=(const DeviceTable&) = delete;

    /// Takes up what sysfs shows now, beside what is known. To be called before the first event.
    void walk();
    /// @param event  the next one of the stream, its text not yet escaped; one that says nothing about what
    ///               exists changes nothing
    /// @return false if nothing has changed
    bool apply(const Event& event);
    /// @return whether the event takes its device from where it was (DEVPATH_OLD), with all below it
    [[nodiscard]] static bool isMove(const Event& event);

    /// For who has kept them: as apply(), of a device that is as described, has gone, or has moved.
    void put(std::string devpath, Device device) {
        devices_.insert_or_assign(std::move(devpath), std::move(device));
    }
    void remove(const std::string& devpath);
    void move(const std::string& from, const std::string& to);

    [[nodiscard]] const Devices& devices() const { return devices_; }

private:
    void lookUp(const std::string& devpath);
    bool add(const Event& event);

    const Sysfs& sysfs_;
    Devices devices_;
};

} // namespace keventd
