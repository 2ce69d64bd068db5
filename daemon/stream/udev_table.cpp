#include "daemon/stream/udev_table.h"

#include "daemon/base/clock.h"
#include "daemon/stream/branch.h"
#include "keventd/names.h"

#include <string_view>

namespace keventd {
namespace {

std::string textOf(const Event& event, std::string_view key) {
    return std::string(event.properties.find(key).value_or(""));
}

} // namespace

void UdevTable::begin(const DeviceTable& devices, const UdevRecords& records) {
    const auto now = readClock(CLOCK_REALTIME);
    for (const auto& [devpath, device] : devices.devices()) {
        if (records.writtenAt(devpath, device).value_or(UdevRecords::NoRecord) == UdevRecords::NoRecord)
            continue;
        const std::string devname = device.devname.empty() ? "" : "/dev/" + device.devname;
        devices_.emplace(devpath, Entry{now, device.subsystem, devname});
    }
}

bool UdevTable::apply(const Event& event) {
    if (event.source != names::source::Udev) return false;
    if (event.action == names::action::Remove) {
        remove(event.object);
        return true;
    }
    if (isMove(event)) move(textOf(event, "DEVPATH_OLD"), event.object);
    put(event.object, {event.realtime, event.subsystem, textOf(event, "DEVNAME")});
    return true;
}

bool UdevTable::isMove(const Event& event) {
    return event.source == names::source::Udev && event.action == "move";
}

void UdevTable::remove(const std::string& devpath) {
    static_cast<void>(takeBranch(devices_, devpath));
}

void UdevTable::move(const std::string& from, const std::string& to) {
    moveBranch(devices_, from, to);
}

} // namespace keventd
