// Which block device a file system lies on, as sysfs names it.
#pragma once

#include "daemon/base/unique_fd.h"
#include "daemon/sources/mount.h"

#include <string>

namespace keventd {

class BlockDevices {
public:
    /// @param sysfs  where sysfs is mounted; if it is not, no device is found
    explicit BlockDevices(const char* sysfs = "/sys");

    /// Looks where /sys/dev/block/MAJOR:MINOR leads. btrfs has a device number of its own making: of it the
    /// device that it was mounted by counts, the mount's source. (Of others not: a user who may mount a file
    /// system of FUSE calls its source as he likes.)
    /// @return devpath without /sys; empty if there is no such device (tmpfs, overlay, nfs), or none any more
    [[nodiscard]] std::string devpathOf(const Mount& mount) const;

private:
    [[nodiscard]] std::string devpathOf(unsigned major, unsigned minor) const;

    UniqueFd sysfs_;
};

} // namespace keventd
