// One mount of a mount namespace, as a line of /proc/PID/mountinfo tells of it (proc_pid_mountinfo(5)).
#pragma once

#include <string>

namespace keventd {

struct Mount {
    int id = 0;     ///< unique while it is mounted; then the kernel gives the number to another
    int parent = 0; ///< id of the mount that it is mounted on; of the uppermost, one that is not in the table
    unsigned major = 0; ///< of the file system's device: 0 where that is none of the block devices
    unsigned minor = 0;
    std::string root; ///< what of the file system is mounted: "/", or a directory of it
    std::string mountpoint;
    std::string fstype;
    std::string source;       ///< what the file system makes of that: a device, a server, any word
    std::string options;      ///< of this mount
    std::string superOptions; ///< of the file system, which is the same in all its mounts
    std::string propagation;  ///< "shared:2 master:1", say: mount_namespaces(7); empty if it is private
    std::string devpath; ///< of the block device, without /sys; empty where there is none. Not in mountinfo
};

} // namespace keventd
