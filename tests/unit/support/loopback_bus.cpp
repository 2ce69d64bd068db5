#include "tests/unit/support/loopback_bus.h"

#include "dbus/event_codec.h"
#include "keventd/names.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <vector>

namespace keventd::test {
namespace {

constexpr std::size_t FixedHeaderBytes = 16; // of every D-Bus message
constexpr std::size_t BodyLengthOffset = 4;
constexpr std::size_t FieldsLengthOffset = 12;
constexpr sd_id128_t ServerId = {{0x6b, 0x65, 0x76}}; // any will do

int check(int result, const char* operation) {
    if (result < 0) throw std::runtime_error(std::string(operation) + ": " + std::strerror(-result));
    return result;
}

void receive(int fd, void* into, std::size_t bytes) {
    const ssize_t got = recv(fd, into, bytes, MSG_WAITALL);
    if (got < 0 || static_cast<std::size_t>(got) != bytes)
        throw std::runtime_error("recv: message cut short");
}

std::uint32_t numberAt(const std::byte* bytes) {
    std::uint32_t value = 0;
    std::memcpy(&value, bytes, sizeof value);
    return value;
}

} // namespace

LoopbackBus::BusPtr LoopbackBus::startEnd(int fd, bool server) {
    sd_bus* bus = nullptr;
    check(sd_bus_new(&bus), "sd_bus_new");
    BusPtr owned(bus);
    check(sd_bus_set_fd(bus, fd, fd), "sd_bus_set_fd");
    if (server) check(sd_bus_set_server(bus, 1, ServerId), "sd_bus_set_server");
    check(sd_bus_set_anonymous(bus, 1), "sd_bus_set_anonymous");
    check(sd_bus_start(bus), "sd_bus_start");
    return owned;
}

LoopbackBus::LoopbackBus() {
    std::array<int, 2> fds{};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds.data()) != 0) {
        check(-errno, "socketpair");
    }
    sendingFd_ = fds[0];
    receivingFd_ = fds[1];
    sender_ = startEnd(fds[0], false);
    receiver_ = startEnd(fds[1], true);
    while (check(sd_bus_is_ready(sender_.get()), "sd_bus_is_ready") == 0) {
        check(sd_bus_process(receiver_.get(), nullptr), "sd_bus_process");
        check(sd_bus_process(sender_.get(), nullptr), "sd_bus_process");
    }
}

MessagePtr LoopbackBus::newSignal() const {
    sd_bus_message* message = nullptr;
    check(sd_bus_message_new_signal(sender_.get(), &message, names::Object, names::Manager,
                                    names::signal::Events),
          "sd_bus_message_new_signal");
    return MessagePtr(message);
}

void LoopbackBus::seal(sd_bus_message* message) {
    check(sd_bus_message_seal(message, 1, 0), "sd_bus_message_seal");
    check(sd_bus_message_rewind(message, 1), "sd_bus_message_rewind");
}

std::size_t LoopbackBus::bodyBytesOnWire(sd_bus_message* message) const {
    check(sd_bus_send(sender_.get(), message, nullptr), "sd_bus_send");
    check(sd_bus_flush(sender_.get()), "sd_bus_flush");
    std::array<std::byte, FixedHeaderBytes> header{};
    receive(receivingFd_, header.data(), header.size());
    const std::size_t body = numberAt(&header[BodyLengthOffset]);
    const std::size_t fields = (numberAt(&header[FieldsLengthOffset]) + 7U) / 8U * 8U;
    std::vector<std::byte> rest(fields + body);
    receive(receivingFd_, rest.data(), rest.size());
    return body;
}

MessagePtr LoopbackBus::receiveBytes(std::span<const std::uint8_t> message) const {
    const ssize_t sent = send(sendingFd_, message.data(), message.size(), MSG_NOSIGNAL);
    if (sent < 0 || static_cast<std::size_t>(sent) != message.size())
        throw std::runtime_error("send: message cut short");
    sd_bus_message* received = nullptr;
    while (received == nullptr) {
        if (check(sd_bus_process(receiver_.get(), &received), "sd_bus_process") == 0)
            throw std::runtime_error("sd_bus_process: the message is not whole");
    }
    return MessagePtr(received);
}

Event throughMessage(const LoopbackBus& bus, const Event& event) {
    const MessagePtr message = bus.newSignal();
    check(appendEvent(message.get(), viewOf(event)), "appendEvent");
    LoopbackBus::seal(message.get());
    Event got;
    check(readEvent(message.get(), got) == 1 ? 0 : -EBADMSG, "readEvent");
    return got;
}

} // namespace keventd::test
