// Descriptors that were opened for us: by systemd's socket units, or by a test that plays systemd.
//
// Each is known by what it is, not by its name, so that units may be named as one likes. Only what an earlier
// daemon had kept has a name of ours.
#pragma once

#include "daemon/base/unique_fd.h"

#include <map>
#include <string>

namespace keventd {

/// One and the same, or none, or two: what systemd finds overrun when it looks at it, it closes, and opens
/// another one (socket_dispatch_io() in src/core/socket.c, 252). The daemon had the first one kept.
struct InheritedNetlinkSocket {
    UniqueFd kept;    ///< what an earlier daemon has read from, if it is not `current`
    UniqueFd current; ///< that of the socket unit
};

struct InheritedDescriptors {
    /// By source: ListenNetlink=kobject-uevent 1 (kernel), 2 (udev), route 1 (link), route 272 (address);
    /// the others only if an earlier daemon had them kept.
    std::map<std::string, InheritedNetlinkSocket> netlink;
    UniqueFd privateSocket; ///< ListenStream=/run/keventd/bus

    /// Takes what sd_listen_fds(3) tells of; anything else is closed with a warning.
    [[nodiscard]] static InheritedDescriptors take();
    /// @return the sockets of this source, which nobody gets again
    [[nodiscard]] InheritedNetlinkSocket take(const std::string& source);
};

} // namespace keventd
