#include "tests/fuzz/fake_daemon.h"

#include "keventd/names.h"
#include "tests/support/unix_socket.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <stdexcept>
#include <string_view>
#include <sys/socket.h>

namespace keventd::fuzz {
namespace {

constexpr sd_id128_t ServerId = {{0x6b, 0x65, 0x76}}; // any will do
constexpr std::size_t FixedHeaderBytes = 16;          // of every D-Bus message
constexpr std::size_t BodyLengthOffset = 4;
constexpr std::size_t SerialOffset = 8;
constexpr std::size_t FieldsLengthOffset = 12;

int check(int result, const char* operation) {
    if (result < 0) throw std::runtime_error(std::string(operation) + ": " + std::strerror(-result));
    return result;
}

std::uint32_t numberAt(const std::uint8_t* bytes) {
    std::uint32_t value = 0;
    std::memcpy(&value, bytes, sizeof value);
    return value;
}

BusHandle startServer(int socket) {
    sd_bus* made = nullptr;
    check(sd_bus_new(&made), "sd_bus_new");
    BusHandle bus(made);
    check(sd_bus_set_fd(made, socket, socket), "sd_bus_set_fd");
    check(sd_bus_set_server(made, 1, ServerId), "sd_bus_set_server");
    check(sd_bus_set_anonymous(made, 1), "sd_bus_set_anonymous");
    return bus;
}

} // namespace

FakeDaemon::FakeDaemon() : listening_(test::listenAt(socketPath())), thread_([this] { serve(); }) {}

void FakeDaemon::waitUntilSubscribed() {
    if (thread_.joinable()) thread_.join();
}

// The first connection of a client is its probe, which goes again.
void FakeDaemon::serve() {
    while (!isSubscribed_) {
        pollfd connection{listening_.get(), POLLIN, 0};
        if (poll(&connection, 1, -1) < 0) check(-errno, "poll");
        UniqueFd socket(accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (!socket) check(-errno, "accept");
        serveConnection(std::move(socket));
    }
}

void FakeDaemon::serveConnection(UniqueFd socket) {
    socket_ = socket.get();
    bus_ = startServer(socket.release());
    check(sd_bus_add_filter(bus_.get(), nullptr, onCall, this), "sd_bus_add_filter");
    check(sd_bus_start(bus_.get()), "sd_bus_start");
    while (!isSubscribed_) {
        const int processed = sd_bus_process(bus_.get(), nullptr);
        if (processed < 0) return;
        if (processed == 0) check(sd_bus_wait(bus_.get(), UINT64_MAX), "sd_bus_wait");
    }
    check(sd_bus_flush(bus_.get()), "sd_bus_flush");
}

int FakeDaemon::onCall(sd_bus_message* call, void* daemon, sd_bus_error*) {
    auto& self = *static_cast<FakeDaemon*>(daemon);
    if (sd_bus_message_is_method_call(call, nullptr, nullptr) <= 0) return 0;
    const std::string_view method = sd_bus_message_get_member(call);
    if (method == "Hello") return sd_bus_reply_method_return(call, "s", ":1.1");
    if (method != names::method::Subscribe) return sd_bus_reply_method_return(call, "");
    std::uint64_t serial = 0;
    check(sd_bus_message_get_cookie(call, &serial), "sd_bus_message_get_cookie");
    self.lastSerial_ = static_cast<std::uint32_t>(serial);
    self.isSubscribed_ = true;
    return sd_bus_reply_method_return(call, "ust", Subscription, "stream", std::uint64_t{1});
}

void FakeDaemon::send(std::span<const std::uint8_t> message) const {
    const ssize_t sent = ::send(socket_, message.data(), message.size(), MSG_NOSIGNAL);
    if (sent < 0 || static_cast<std::size_t>(sent) != message.size())
        throw std::runtime_error("send: message cut short");
}

// A client sends small messages, one at a time, and waits until each is in the socket: they are whole.
void FakeDaemon::drain() {
    std::array<std::uint8_t, 64 * 1024> bytes; // NOLINT(cppcoreguidelines-pro-type-member-init): by recv(2)
    for (;;) {
        const ssize_t got = recv(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT);
        if (got <= 0) return;
        std::size_t at = 0;
        while (at + FixedHeaderBytes <= static_cast<std::size_t>(got)) {
            const std::uint8_t* head = &bytes.at(at);
            lastSerial_ = numberAt(head + SerialOffset);
            const std::size_t fields = (numberAt(head + FieldsLengthOffset) + 7U) / 8U * 8U;
            at += FixedHeaderBytes + fields + numberAt(head + BodyLengthOffset);
        }
    }
}

} // namespace keventd::fuzz
