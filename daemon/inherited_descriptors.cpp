#include "daemon/inherited_descriptors.h"

#include "daemon/base/errors.h"
#include "daemon/base/logging.h"
#include "daemon/base/text.h"
#include "daemon/publish/listening_socket.h"
#include "daemon/service_manager.h"
#include "daemon/sources/uevent_socket.h"

#include <cstdlib>
#include <string>
#include <systemd/sd-daemon.h>
#include <vector>

namespace keventd {
namespace {

// @return one for each descriptor
std::vector<std::string> takeNames() {
    char** names = nullptr;
    const int count = checkResult(sd_listen_fds_with_names(1, &names), "read LISTEN_FDS, LISTEN_FDNAMES");
    std::vector<std::string> all;
    for (int i = 0; i < count; ++i) {
        all.emplace_back(names[i]);
        std::free(names[i]);
    }
    std::free(names);
    return all;
}

UniqueFd* placeFor(int fd, const std::string& name, InheritedDescriptors& all) {
    const auto placeIn = [&name](InheritedUeventSocket& socket) {
        return name.starts_with(ServiceManager::KeptNamePrefix) ? &socket.kept : &socket.current;
    };
    if (UeventSocket::receives(fd, UeventGroup::Kernel)) return placeIn(all.kernelSocket);
    if (UeventSocket::receives(fd, UeventGroup::Udev)) return placeIn(all.udevSocket);
    if (ListeningSocket::isOne(fd)) return &all.privateSocket;
    return nullptr;
}

void forgetCopy(InheritedUeventSocket& socket) {
    const bool areTwo = socket.kept && socket.current;
    if (areTwo && UeventSocket::cookieOf(socket.kept.get()) == UeventSocket::cookieOf(socket.current.get()))
        socket.kept.reset();
}

} // namespace

InheritedDescriptors InheritedDescriptors::take() {
    InheritedDescriptors all;
    int fd = SD_LISTEN_FDS_START;
    for (const std::string& name : takeNames()) {
        UniqueFd owned(fd++);
        UniqueFd* place = placeFor(owned.get(), name, all);
        if (place != nullptr && !*place) {
            *place = std::move(owned);
        } else {
            logWarning(
                text("inherited descriptor ", owned.get(), " (", name, ") is of no use here, closing it"));
        }
    }
    forgetCopy(all.kernelSocket);
    forgetCopy(all.udevSocket);
    return all;
}

} // namespace keventd
