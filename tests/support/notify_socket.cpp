#include "tests/support/notify_socket.h"

#include <array>
#include <cerrno>
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
        if (receive().find("READY=1") != std::string::npos) return;
        if (watched[1].revents != 0) throw std::runtime_error("ended at its start: " + child.err());
    }
    throw std::runtime_error("was not ready in time: " + child.err());
}

std::string NotifySocket::waitForMessage(const Deadline& deadline) const {
    pollfd watched{.fd = fd_.get(), .events = POLLIN, .revents = 0};
    while (poll(&watched, 1, deadline.pollTimeout()) > 0 || !deadline.expired()) {
        if (std::string message = receive(); !message.empty()) return message;
    }
    return "";
}

// A message of sd_notify(3) is a list of lines.
std::string NotifySocket::receive() const {
    std::array<char, 4096> buffer{};
    const ssize_t length = recv(fd_.get(), buffer.data(), buffer.size(), 0);
    return {buffer.data(), static_cast<std::size_t>(length > 0 ? length : 0)};
}

} // namespace keventd::test
