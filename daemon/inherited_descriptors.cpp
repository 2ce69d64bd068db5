#include "daemon/inherited_descriptors.h"

#include "daemon/base/errors.h"
#include "daemon/base/logging.h"
#include "daemon/base/text.h"
#include "daemon/publish/listening_socket.h"
#include "daemon/sources/uevent_socket.h"

#include <systemd/sd-daemon.h>

namespace keventd {
namespace {

UniqueFd* placeFor(int fd, InheritedDescriptors& all) {
    if (UeventSocket::receives(fd, UeventGroup::Kernel)) return &all.kernelSocket;
    if (UeventSocket::receives(fd, UeventGroup::Udev)) return &all.udevSocket;
    if (ListeningSocket::isOne(fd)) return &all.privateSocket;
    return nullptr;
}

} // namespace

InheritedDescriptors InheritedDescriptors::take() {
    InheritedDescriptors all;
    const int count = checkResult(sd_listen_fds(1), "read LISTEN_FDS");
    for (int fd = SD_LISTEN_FDS_START; fd < SD_LISTEN_FDS_START + count; ++fd) {
        UniqueFd owned(fd);
        UniqueFd* place = placeFor(fd, all);
        if (place != nullptr && !*place) {
            *place = std::move(owned);
        } else {
            logWarning(text("inherited descriptor ", fd, " is of no use here, closing it"));
        }
    }
    return all;
}

} // namespace keventd
