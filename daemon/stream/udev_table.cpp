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
        if (!records.writtenAt(devpath, device)) continue;
        const std::string devname = device.devname.empty() ? "" : "/dev/" + device.devname;
        devices_.emplace(devpath, Entry{now, device.subsystem, devname});
    }
}

void UdevTable::apply(const Event& event) {
    if (event.source != names::source::Udev) return;
    if (event.action == names::action::Remove) {
        static_cast<void>(takeBranch(devices_, event.object));
        return;
    }
    if (event.action == "move") moveBranch(devices_, textOf(event, "DEVPATH_OLD"), event.object);
    devices_.insert_or_assign(event.object, Entry{event.realtime, event.subsystem, textOf(event, "DEVNAME")});
}

} // namespace keventd
