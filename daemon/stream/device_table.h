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
    void apply(const Event& event);

    [[nodiscard]] const Devices& devices() const { return devices_; }

private:
    void lookUp(const std::string& devpath);
    void add(const Event& event);
    void remove(const std::string& devpath);
    void move(const Event& event);

    const Sysfs& sysfs_;
    Devices devices_;
};

} // namespace keventd
