#include "daemon/sources/hotplug_helper.h"

#include <fstream>

namespace keventd {

SourceStatus hotplugHelperStatus(const std::string& path) {
    std::ifstream file(path);
    if (!file) return {SourceState::Disabled, "the kernel has no hotplug helper (CONFIG_UEVENT_HELPER)"};
    std::string program;
    std::getline(file, program);
    if (program.empty()) return {SourceState::Disabled, "switched off: netlink tells of everything"};
    // The latter is the name that kernels are built with; the hooks of initramfs put it there.
    if (program.ends_with("/keventd-hotplug") || program == "/sbin/hotplug")
        return {SourceState::Running, ""};
    return {SourceState::Disabled, "the kernel has another program for it"};
}

} // namespace keventd
