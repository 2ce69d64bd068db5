#include "daemon/stream/udev_table.h"

#include "daemon/base/clock.h"
#include "keventd/names.h"

#include <string_view>
#include <utility>

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
        static_cast<void>(takeBranch(event.object));
        return;
    }
    if (event.action == "move") move(textOf(event, "DEVPATH_OLD"), event.object);
    devices_.insert_or_assign(event.object, Entry{event.realtime, event.subsystem, textOf(event, "DEVNAME")});
}

// Of what moves with the device, or goes with it, nothing is told.
void UdevTable::move(const std::string& from, const std::string& to) {
    for (Devices::node_type& node : takeBranch(from)) {
        node.key().replace(0, from.size(), to);
        devices_.erase(node.key());
        devices_.insert(std::move(node));
    }
}

std::vector<UdevTable::Devices::node_type> UdevTable::takeBranch(const std::string& devpath) {
    std::vector<Devices::node_type> branch;
    if (devpath.empty()) return branch;
    if (auto device = devices_.extract(devpath)) branch.push_back(std::move(device));
    const auto end = devices_.lower_bound(devpath + static_cast<char>('/' + 1));
    for (auto device = devices_.lower_bound(devpath + "/"); device != end;)
        branch.push_back(devices_.extract(device++));
    return branch;
}

} // namespace keventd
