#include "daemon/sources/uevent_socket.h"

#include "daemon/base/errors.h"
#include "daemon/base/logging.h"
#include "daemon/base/text.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <poll.h>
#include <sys/socket.h>

namespace keventd {
namespace {

template <typename Value>
int setOption(int fd, int option, Value value) {
    return setsockopt(fd, SOL_SOCKET, option, &value, sizeof value);
}

int getIntOption(int fd, int option) {
    int value = -1;
    socklen_t size = sizeof value;
    return getsockopt(fd, SOL_SOCKET, option, &value, &size) < 0 ? -1 : value;
}

const char* groupName(UeventGroup group) {
    switch (group) {
    case UeventGroup::Kernel:
        return "kernel";
    case UeventGroup::Udev:
        return "udev";
    }
    return "";
}

// Half of what the kernel tells: it doubles what was asked for.
std::size_t grantedBuffer(int fd) {
    return static_cast<std::size_t>(checkErrno(getIntOption(fd, SO_RCVBUF), "read size of receive buffer")) /
           2;
}

void enlargeBuffer(int fd, UeventGroup group, std::size_t bytes) {
    const int wanted = static_cast<int>(bytes);
    if (setOption(fd, SO_RCVBUFFORCE, wanted) == 0) return;
    checkErrno(setOption(fd, SO_RCVBUF, wanted), "set receive buffer of uevent socket");
    const std::size_t got = grantedBuffer(fd);
    if (got < bytes) {
        logWarning(text("receive buffer of the ", groupName(group), " socket is ", got, " bytes, not ", bytes,
                        " (no CAP_NET_ADMIN, net.core.rmem_max): a storm may overrun it, going on"));
    }
}

} // namespace

UeventSocket UeventSocket::open(UeventGroup group, std::size_t bufferBytes) {
    const std::string what = text("open ", groupName(group), " uevent socket");
    UniqueFd fd(checkErrno(
        socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT), what));
    enlargeBuffer(fd.get(), group, bufferBytes);
    checkErrno(setOption(fd.get(), SO_PASSCRED, 1), what);
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = static_cast<std::uint32_t>(group);
    checkErrno(bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
               text("bind ", groupName(group), " uevent socket"));
    return {std::move(fd), false};
}

// An overrun leaves ENOBUFS on the socket (netlink_overrun() in net/netlink/af_netlink.c), which the first
// read takes off: where it is still there, nobody can have told of the drops. Where not, an earlier reader
// has, as far as one can know who did not write it down.
UeventSocket UeventSocket::adopt(UniqueFd fd, UeventGroup group, std::optional<std::uint32_t> told) {
    if (!receives(fd.get(), group)) {
        throw FatalError(
            text("descriptor ", fd.get(), " is no uevent socket of the ", groupName(group), " group"));
    }
    checkErrno(setOption(fd.get(), SO_PASSCRED, 1), "ask for credentials on inherited uevent socket");
    // systemd hands descriptors over blocking (NonBlocking= of systemd.service(5)).
    checkErrno(fcntl(fd.get(), F_SETFL, O_NONBLOCK), "make inherited uevent socket non-blocking");
    pollfd waiting{.fd = fd.get(), .events = POLLIN, .revents = 0}; // which leaves the error there
    const bool lossUnread = poll(&waiting, 1, 0) > 0 && (waiting.revents & POLLERR) != 0;
    UeventSocket socket(std::move(fd), true);
    if (told) {
        socket.toldDrops_ = *told;
    } else if (!lossUnread) {
        socket.toldDrops_ = socket.readMemory();
    }
    return socket;
}

bool UeventSocket::receives(int fd, UeventGroup group) {
    if (getIntOption(fd, SO_DOMAIN) != AF_NETLINK) return false;
    if (getIntOption(fd, SO_PROTOCOL) != NETLINK_KOBJECT_UEVENT) return false;
    sockaddr_nl address{};
    socklen_t size = sizeof address;
    if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) < 0) return false;
    return (address.nl_groups & static_cast<std::uint32_t>(group)) != 0;
}

std::uint64_t UeventSocket::cookieOf(int fd) {
    std::uint64_t cookie = 0;
    socklen_t size = sizeof cookie;
    checkErrno(getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &size), "read cookie of uevent socket");
    return cookie;
}

void UeventSocket::moveOn() {
    const std::unique_ptr<UeventSocket> next = std::move(next_);
    next->maxQueuedBytes_ = std::max(next->maxQueuedBytes_, maxQueuedBytes_);
    *this = std::move(*next);
}

std::size_t UeventSocket::bufferBytes() const {
    return grantedBuffer(fd_.get());
}

std::uint64_t UeventSocket::takeDrops() {
    const std::uint32_t now = readMemory();
    return now - std::exchange(toldDrops_, now); // modulo 2^32, as the kernel counts
}

// What is charged is records of the kernel's own, about twice what they hold; the buffer is told in halves,
// too.
std::uint32_t UeventSocket::readMemory() {
    std::array<std::uint32_t, SK_MEMINFO_VARS> info{};
    socklen_t size = sizeof info;
    checkErrno(getsockopt(fd_.get(), SOL_SOCKET, SO_MEMINFO, info.data(), &size),
               "read drops of uevent socket");
    maxQueuedBytes_ = std::max<std::size_t>(maxQueuedBytes_, info[SK_MEMINFO_RMEM_ALLOC] / 2);
    return info[SK_MEMINFO_DROPS];
}

} // namespace keventd
