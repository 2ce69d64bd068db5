#include "tests/support/notify_socket.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/un.h>
#include <system_error>

namespace keventd::test {

NotifySocket::NotifySocket()
    : path_(directory_.file("notify")), fd_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof address.sun_path - 1);
    if (!fd_ || bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0) {
        throw std::system_error(errno, std::generic_category(), "bind notify socket " + path_);
    }
}

void NotifySocket::waitUntilReady(const ChildProcess& child, const Deadline& deadline) const {
    std::array<pollfd, 2> watched{pollfd{.fd = fd_.get(), .events = POLLIN, .revents = 0},
                                  pollfd{.fd = child.pidfd(), .events = POLLIN, .revents = 0}};
    while (poll(watched.data(), watched.size(), deadline.pollTimeout()) > 0 || !deadline.expired()) {
        if (receive().text.find("READY=1") != std::string::npos) return;
        if (watched[1].revents != 0) throw std::runtime_error("ended at its start: " + child.err());
    }
    throw std::runtime_error("was not ready in time: " + child.err());
}

NotifySocket::Message NotifySocket::waitForMessage(const Deadline& deadline) const {
    pollfd watched{.fd = fd_.get(), .events = POLLIN, .revents = 0};
    while (poll(&watched, 1, deadline.pollTimeout()) > 0 || !deadline.expired()) {
        if (Message message = receive(); !message.text.empty()) return message;
    }
    return {};
}

// A message of sd_notify(3) is a list of lines.
NotifySocket::Message NotifySocket::receive() const {
    std::array<char, 4096> buffer{};
    iovec text{buffer.data(), buffer.size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    msghdr header{};
    header.msg_iov = &text;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
    const ssize_t length = recvmsg(fd_.get(), &header, MSG_CMSG_CLOEXEC);
    if (length < 0) return {};
    Message message{{buffer.data(), static_cast<std::size_t>(length)}, UniqueFd()};
    const cmsghdr* passed = CMSG_FIRSTHDR(&header);
    if (passed != nullptr && passed->cmsg_level == SOL_SOCKET && passed->cmsg_type == SCM_RIGHTS) {
        int fd = -1;
        std::memcpy(&fd, CMSG_DATA(passed), sizeof fd);
        message.fd.reset(fd);
    }
    return message;
}

} // namespace keventd::test
