#include "daemon/sources/block_devices.h"

#include "daemon/base/text.h"
#include "daemon/sources/read_link.h"

#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>
#include <sys/sysmacros.h>

namespace keventd {

BlockDevices::BlockDevices(const char* sysfs) : sysfs_(open(sysfs, O_PATH | O_DIRECTORY | O_CLOEXEC)) {}

std::string BlockDevices::devpathOf(const Mount& mount) const {
    if (mount.major != 0) return devpathOf(mount.major, mount.minor);
    struct stat node {};
    const bool isOnNode = mount.fstype == "btrfs" && mount.source.starts_with("/dev/") &&
                          stat(mount.source.c_str(), &node) == 0 && S_ISBLK(node.st_mode);
    return isOnNode ? devpathOf(major(node.st_rdev), minor(node.st_rdev)) : "";
}

std::string BlockDevices::devpathOf(unsigned major, unsigned minor) const {
    return readDevpath(sysfs_.get(), text("dev/block/", major, ":", minor).c_str()).value_or("");
}

} // namespace keventd
