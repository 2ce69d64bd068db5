// What is known of one device: where it is in sysfs, and what tells it from another of the same name.
#pragma once

#include <cstdint>
#include <string>
#include <sys/types.h>

namespace keventd {

struct Device {
    std::string subsystem;     ///< bus or class: block, net, usb …
    std::string devname;       ///< of its node below /dev, as the kernel says it; empty if it has none
    dev_t devnum = 0;          ///< of its node; 0 if it has none
    std::uint32_t ifindex = 0; ///< of a network interface; else 0
    ino_t inode = 0;           ///< of its directory in sysfs; 0 if that was gone when it was looked for

    bool operator==(const Device&) const = default;
};

} // namespace keventd
