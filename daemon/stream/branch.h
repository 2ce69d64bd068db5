// Devices of a map by devpath, taken with all that is below them: the kernel and udevd tell of the device
// that moves or goes, and not of what moves or goes with it (kobject_rename()).
//
// Not one range: "/devices/a-b" sorts between "/devices/a" and "/devices/a/b", and is not below "/devices/a".
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace keventd {

/// Where in their order the devpaths below this one begin.
[[nodiscard]] inline std::string firstBelow(const std::string& devpath) {
    return devpath + '/';
}
/// Where they end: the first that is no longer below it is not less.
[[nodiscard]] inline std::string endBelow(const std::string& devpath) {
    return devpath + static_cast<char>('/' + 1);
}

/// Takes a device, and all below it, out of the map.
/// @param devpath  nothing is taken if it is empty
template <typename Devices>
std::vector<typename Devices::node_type> takeBranch(Devices& devices, const std::string& devpath) {
    std::vector<typename Devices::node_type> branch;
    if (devpath.empty()) return branch;
    if (auto device = devices.extract(devpath)) branch.push_back(std::move(device));
    const auto end = devices.lower_bound(endBelow(devpath));
    for (auto device = devices.lower_bound(firstBelow(devpath)); device != end;)
        branch.push_back(devices.extract(device++));
    return branch;
}

/// Puts a device, and all below it, where it is now, in the place of what was there.
template <typename Devices>
void moveBranch(Devices& devices, const std::string& from, const std::string& to) {
    for (auto& node : takeBranch(devices, from)) {
        node.key().replace(0, from.size(), to);
        devices.erase(node.key());
        devices.insert(std::move(node));
    }
}

} // namespace keventd
