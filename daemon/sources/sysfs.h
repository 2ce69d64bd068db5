// Devices as sysfs shows them: one, or all. A device is a directory below /sys/devices that belongs to a bus
// or a class, and so has a file `uevent`; only those send uevents of their own (dev_uevent_filter() in
// drivers/base/core.c). A hidden disk (GENHD_FL_HIDDEN, such as each path of an nvme device that has several)
// is none here: its uevents remain suppressed for ever (block/genhd.c).
//
// For all devices, no `uevent` file is read but of those that have a node: to read one may ask hardware
// (power_supply).
#pragma once

#include "daemon/base/unique_fd.h"
#include "daemon/sources/device.h"
#include "daemon/sources/sysfs_walk.h"
#include "keventd/properties.h"

#include <functional>
#include <optional>
#include <string>

namespace keventd {

class Sysfs {
public:
    enum class Kind {
        Device,
        Other,   ///< something else has a directory there: the queue of an interface, a hidden disk
        Nothing, ///< there is no such directory
        Unknown  ///< cannot be told now: no memory, no descriptors, or no sysfs
    };
    struct Directory {
        Kind kind = Kind::Nothing;
        ino_t inode = 0;
    };
    using Visitor = std::function<void(std::string devpath, Device device)>;

    /// @param root  where sysfs is mounted. If it is not, no devices are found, and none can be said to be
    /// gone
    explicit Sysfs(const char* root = "/sys");

    /// @param devpath  from sysfs's root, begins with "/"
    [[nodiscard]] Directory look(const std::string& devpath) const;
    /// @return whether the device is there, and not another of its name by now
    [[nodiscard]] bool shows(const std::string& devpath, const Device& device) const;
    /// @return the device; nothing if there is none, or if that cannot be told: look() says which
    [[nodiscard]] std::optional<Device> find(const std::string& devpath) const;
    /// Visits every device that is there from beginning to end of the call, and of those that come or go
    /// meanwhile some. In no order.
    void visitAll(const Visitor& visit) const;
    /// @return a walk by which all are met, some at a time; the object outlives it
    [[nodiscard]] SysfsWalk walk() const { return SysfsWalk(root_.get()); }

    /// Reads the device's file `uevent`: what the kernel would say of it in an event now, but for ACTION,
    /// DEVPATH, SUBSYSTEM and SEQNUM. To read it may ask hardware.
    /// @return nothing if there is no such device
    [[nodiscard]] PropertyList properties(const std::string& devpath) const;

private:
    [[nodiscard]] Kind kindOf(const std::string& path) const;
    [[nodiscard]] std::optional<std::string> subsystemOf(const std::string& path) const;
    [[nodiscard]] std::optional<Device> read(const std::string& devpath, std::string subsystem,
                                             ino_t inode) const;
    [[nodiscard]] std::optional<std::string> readFile(const std::string& path) const;

    UniqueFd root_;
};

} // namespace keventd
