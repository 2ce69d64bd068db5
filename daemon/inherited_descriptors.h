// Descriptors that were opened for us: by systemd's socket units, or by a test that plays systemd.
//
// Each is known by what it is, not by its name, so that units may be named as one likes.
#pragma once

#include "daemon/base/unique_fd.h"

namespace keventd {

struct InheritedDescriptors {
    UniqueFd kernelSocket;  ///< ListenNetlink=kobject-uevent 1
    UniqueFd udevSocket;    ///< ListenNetlink=kobject-uevent 2
    UniqueFd privateSocket; ///< ListenStream=/run/keventd/bus

    /// Takes what sd_listen_fds(3) tells of; anything else is closed with a warning.
    [[nodiscard]] static InheritedDescriptors take();
};

} // namespace keventd
