#include "tests/bus/hostile_client.h"

#include "daemon/base/errors.h"
#include "tests/support/deadline.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace keventd::test {

HostileClient::HostileClient(const std::string& socketPath)
    : fd_(checkErrno(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "create socket")) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    socketPath.copy(address.sun_path, sizeof address.sun_path - 1);
    checkErrno(connect(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), "connect");
}

void HostileClient::write(std::string_view bytes) {
    // That the other end has hung up already is as good an end as any.
    static_cast<void>(send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT));
}

// D-Bus specification, "Authentication Protocol": EXTERNAL with the digits of the uid, each in hexadecimal.
std::string HostileClient::authentication() {
    std::string uid;
    for (const char digit : std::to_string(geteuid())) uid += std::string("3") + digit;
    return std::string(1, '\0') + "AUTH EXTERNAL " + uid + "\r\nBEGIN\r\n";
}

std::string HostileClient::read() {
    pollfd readable{.fd = fd_.get(), .events = POLLIN, .revents = 0};
    std::array<char, 4096> buffer{};
    if (poll(&readable, 1, Deadline().pollTimeout()) <= 0) return {};
    const ssize_t length = recv(fd_.get(), buffer.data(), buffer.size(), 0);
    return {buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(length, 0))};
}

bool HostileClient::waitForHangup() {
    return test::waitForHangup(fd_.get());
}

bool waitForHangup(int fd) {
    pollfd hangup{.fd = fd, .events = 0, .revents = 0};
    return poll(&hangup, 1, Deadline().pollTimeout()) > 0;
}

bool waitUntilAllAccepted(const std::string& socketPath) {
    HostileClient last(socketPath);
    last.write(HostileClient::authentication());
    return last.read().starts_with("OK ");
}

std::size_t descriptorsOf(pid_t process) {
    const std::filesystem::directory_iterator entries("/proc/" + std::to_string(process) + "/fd");
    return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

} // namespace keventd::test
