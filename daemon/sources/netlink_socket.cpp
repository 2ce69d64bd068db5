#include "daemon/sources/netlink_socket.h"

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

// Half of what the kernel tells: it doubles what was asked for.
std::size_t grantedBuffer(int fd) {
    return static_cast<std::size_t>(checkErrno(getIntOption(fd, SO_RCVBUF), "read size of receive buffer")) /
           2;
}

void enlargeBuffer(int fd, const char* name, std::size_t bytes) {
    const int wanted = static_cast<int>(bytes);
    if (setOption(fd, SO_RCVBUFFORCE, wanted) == 0) return;
    checkErrno(setOption(fd, SO_RCVBUF, wanted), text("set receive buffer of ", name, " socket"));
    const std::size_t got = grantedBuffer(fd);
    if (got >= bytes) return;
    const std::string message =
        text("receive buffer of the ", name, " socket is ", got, " bytes, not ", bytes,
             " (no CAP_NET_ADMIN, net.core.rmem_max): a storm may overrun it, going on");
    // Of the others, what there is now can be asked for, or is seldom more than a few messages.
    if (getIntOption(fd, SO_PROTOCOL) != NETLINK_KOBJECT_UEVENT) return logDebug(message);
    logWarning(message);
}

} // namespace

NetlinkSocket NetlinkSocket::open(const NetlinkChannel& channel, std::size_t bufferBytes) {
    const std::string what = text("open ", channel.name, " socket");
    UniqueFd fd(
        checkErrno(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, channel.protocol), what));
    enlargeBuffer(fd.get(), channel.name, bufferBytes);
    checkErrno(setOption(fd.get(), SO_PASSCRED, 1), what);
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = channel.groups;
    checkErrno(bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
               text("bind ", channel.name, " socket"));
    return {std::move(fd), false};
}

// An overrun leaves ENOBUFS on the socket (netlink_overrun() in net/netlink/af_netlink.c), which the first
// read takes off: where it is still there, nobody can have told of the drops. Where not, an earlier reader
// has, as far as one can know who did not write it down.
NetlinkSocket NetlinkSocket::adopt(UniqueFd fd, const NetlinkChannel& channel,
                                   std::optional<std::uint32_t> told) {
    if (!receives(fd.get(), channel))
        throw FatalError(text("descriptor ", fd.get(), " is no ", channel.name, " socket"));
    checkErrno(setOption(fd.get(), SO_PASSCRED, 1), "ask for credentials on inherited socket");
    // systemd hands descriptors over blocking (NonBlocking= of systemd.service(5)).
    checkErrno(fcntl(fd.get(), F_SETFL, O_NONBLOCK), "make inherited socket non-blocking");
    pollfd waiting{.fd = fd.get(), .events = POLLIN, .revents = 0}; // which leaves the error there
    const bool lossUnread = poll(&waiting, 1, 0) > 0 && (waiting.revents & POLLERR) != 0;
    NetlinkSocket socket(std::move(fd), true);
    if (told) {
        socket.toldDrops_ = *told;
    } else if (!lossUnread) {
        socket.toldDrops_ = socket.readMemory();
    }
    return socket;
}

bool NetlinkSocket::receives(int fd, const NetlinkChannel& channel) {
    if (getIntOption(fd, SO_DOMAIN) != AF_NETLINK) return false;
    if (getIntOption(fd, SO_PROTOCOL) != channel.protocol) return false;
    sockaddr_nl address{};
    socklen_t size = sizeof address;
    if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) < 0) return false;
    return channel.groups == 0 || (address.nl_groups & channel.groups) != 0;
}

std::uint64_t NetlinkSocket::cookieOf(int fd) {
    std::uint64_t cookie = 0;
    socklen_t size = sizeof cookie;
    checkErrno(getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &size), "read cookie of socket");
    return cookie;
}

void NetlinkSocket::moveOn() {
    const std::unique_ptr<NetlinkSocket> next = std::move(next_);
    next->maxQueuedBytes_ = std::max(next->maxQueuedBytes_, maxQueuedBytes_);
    *this = std::move(*next);
}

std::size_t NetlinkSocket::bufferBytes() const {
    return grantedBuffer(fd_.get());
}

std::uint64_t NetlinkSocket::takeDrops() {
    const std::uint32_t now = readMemory();
    return now - std::exchange(toldDrops_, now); // modulo 2^32, as the kernel counts
}

// What is charged is records of the kernel's own, about twice what they hold; the buffer is told in halves,
// too.
std::uint32_t NetlinkSocket::readMemory() {
    std::array<std::uint32_t, SK_MEMINFO_VARS> info{};
    socklen_t size = sizeof info;
    checkErrno(getsockopt(fd_.get(), SOL_SOCKET, SO_MEMINFO, info.data(), &size), "read drops of socket");
    maxQueuedBytes_ = std::max<std::size_t>(maxQueuedBytes_, info[SK_MEMINFO_RMEM_ALLOC] / 2);
    return info[SK_MEMINFO_DROPS];
}

} // namespace keventd
