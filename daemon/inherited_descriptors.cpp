#include "daemon/inherited_descriptors.h"

#include "daemon/base/errors.h"
#include "daemon/base/logging.h"
#include "daemon/base/text.h"
#include "daemon/publish/listening_socket.h"
#include "daemon/service_manager.h"
#include "daemon/sources/netlink_socket.h"

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
    const bool isKept = name.starts_with(ServiceManager::KeptNamePrefix);
    for (const NetlinkChannel& channel : channel::All) {
        // Of those of generic netlink, only the name tells which it is.
        const bool hasName = isKept && name.substr(ServiceManager::KeptNamePrefix.size()) == channel.name;
        if (!NetlinkSocket::receives(fd, channel) || (channel.groups == 0 && !hasName)) continue;
        InheritedNetlinkSocket& socket = all.netlink[channel.name];
        return isKept ? &socket.kept : &socket.current;
    }
    if (ListeningSocket::isOne(fd)) return &all.privateSocket;
    return nullptr;
}

void forgetCopy(InheritedNetlinkSocket& socket) {
    const bool areTwo = socket.kept && socket.current;
    if (areTwo && NetlinkSocket::cookieOf(socket.kept.get()) == NetlinkSocket::cookieOf(socket.current.get()))
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
    for (auto& [source, socket] : all.netlink) forgetCopy(socket);
    return all;
}

InheritedNetlinkSocket InheritedDescriptors::take(const std::string& source) {
    const auto found = netlink.find(source);
    return found == netlink.end() ? InheritedNetlinkSocket() : std::move(found->second);
}

} // namespace keventd
