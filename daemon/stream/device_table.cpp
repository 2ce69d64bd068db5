#include "daemon/stream/device_table.h"

#include "daemon/sources/kernel_stage.h"
#include "daemon/sources/property_number.h"
#include "daemon/stream/branch.h"
#include "keventd/names.h"

#include <string_view>
#include <sys/sysmacros.h>
#include <utility>

namespace keventd {
namespace {

std::string_view textOf(const Event& event, std::string_view key) {
    return event.properties.find(key).value_or("");
}

Device deviceOf(const Event& event, ino_t inode) {
    Device device;
    device.subsystem = event.subsystem;
    device.devname = textOf(event, "DEVNAME");
    if (event.properties.find("MAJOR"))
        device.devnum = makedev(numberOf<unsigned>(event.properties, "MAJOR"),
                                numberOf<unsigned>(event.properties, "MINOR"));
    device.ifindex = numberOf<std::uint32_t>(event.properties, "IFINDEX");
    device.inode = inode;
    return device;
}

bool isOfDevice(const Event& event) {
    return isOfKernelStage(event.source) && event.object.starts_with("/devices/");
}

bool isOfProcess(const Event& event) {
    return (event.flags & (EventFlag::Synthetic | EventFlag::Injected)) != 0;
}

} // namespace

void DeviceTable::walk() {
    sysfs_.visitAll(
        [this](std::string devpath, Device device) { put(std::move(devpath), std::move(device)); });
}

bool DeviceTable::apply(const Event& event) {
    if (!isOfDevice(event)) return false;
    const bool isKnown = devices_.contains(event.object);
    if (isOfProcess(event)) {
        // Most change nothing: in a storm, a look at sysfs for each would cost more than all else.
        if (isKnown && event.action != "remove") return false;
        lookUp(event.object);
    } else if (event.action == "remove") {
        remove(event.object);
    } else if (isMove(event)) {
        move(std::string(textOf(event, "DEVPATH_OLD")), event.object);
        add(event);
    } else {
        return (event.action == "add" || !isKnown) && add(event);
    }
    return true;
}

bool DeviceTable::isMove(const Event& event) {
    return isOfDevice(event) && !isOfProcess(event) && event.action == "move";
}

void DeviceTable::lookUp(const std::string& devpath) {
    if (auto device = sysfs_.find(devpath)) return put(devpath, std::move(*device));
    switch (sysfs_.look(devpath).kind) {
    case Sysfs::Kind::Nothing:
    case Sysfs::Kind::Other:
        return remove(devpath);
    case Sysfs::Kind::Device: // comes or goes just now, of which the kernel tells
    case Sysfs::Kind::Unknown:
        return;
    }
}

// One whose directory has gone again by now is a device all the same, until the stream says that it is not.
bool DeviceTable::add(const Event& event) {
    const Sysfs::Directory directory = sysfs_.look(event.object);
    if (directory.kind == Sysfs::Kind::Other) return false;
    put(event.object, deviceOf(event, directory.inode));
    return true;
}

void DeviceTable::remove(const std::string& devpath) {
    static_cast<void>(takeBranch(devices_, devpath));
}

void DeviceTable::move(const std::string& from, const std::string& to) {
    moveBranch(devices_, from, to);
}

} // namespace keventd
