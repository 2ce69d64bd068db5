#include "tests/bus/hostile_client.h"

#include "daemon/base/errors.h"
#include "tests/support/deadline.h"
#include "tests/support/unix_socket.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace keventd::test {

HostileClient::HostileClient(const std::string& socketPath) : fd_(connectTo(socketPath)) {
    if (!fd_) throwError("connect to " + socketPath, EAGAIN);
}

std::size_t HostileClient::write(std::string_view bytes) {
    const ssize_t written = send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    // That the other end has hung up already is as good an end as any.
    return static_cast<std::size_t>(std::max<ssize_t>(written, 0));
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

namespace {

// D-Bus specification, "Message Format", little endian.
class RawMessage {
public:
    void number(std::uint32_t value) {
        align(4);
        for (int shift = 0; shift < 32; shift += 8) bytes_ += static_cast<char>(value >> shift & 0xffU);
    }
    void string(std::string_view text) {
        number(static_cast<std::uint32_t>(text.size()));
        bytes_.append(text) += '\0';
    }
    void field(char code, char type, std::string_view text) {
        align(8);
        bytes_ += {code, '\1', type, '\0'};
        if (type != 'g') return string(text);
        bytes_ += static_cast<char>(text.size());
        bytes_.append(text) += '\0';
    }
    void align(std::size_t to) { bytes_.resize((bytes_.size() + to - 1) / to * to); }
    std::string bytes_;
};

} // namespace

std::string callWithString(std::string_view object, std::string_view interface, std::string_view method,
                           std::string_view argument) {
    RawMessage body;
    body.string(argument);
    RawMessage fields;
    fields.field('\1', 'o', object);
    fields.field('\2', 's', interface);
    fields.field('\3', 's', method);
    fields.field('\10', 'g', "s");
    RawMessage message;
    message.bytes_ = {'l', '\1', '\0', '\1'};
    message.number(static_cast<std::uint32_t>(body.bytes_.size()));
    message.number(1);
    message.number(static_cast<std::uint32_t>(fields.bytes_.size()));
    message.bytes_ += fields.bytes_;
    message.align(8);
    return message.bytes_ + body.bytes_;
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
