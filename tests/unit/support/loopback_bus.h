// Two ends of one sd-bus connection in this process: real messages, without a broker.
#pragma once

#include "keventd/event.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <systemd/sd-bus.h>

namespace keventd::test {

struct MessageUnref {
    void operator()(sd_bus_message* message) const noexcept { sd_bus_message_unref(message); }
};
using MessagePtr = std::unique_ptr<sd_bus_message, MessageUnref>;

class LoopbackBus {
public:
    /// Connects both ends and waits until they have authenticated each other. Throws std::runtime_error.
    LoopbackBus();

    /// @return the sending end, borrowed
    [[nodiscard]] sd_bus* sender() const { return sender_.get(); }
    /// @return a signal under construction, without contents
    [[nodiscard]] MessagePtr newSignal() const;
    /// Ends the construction of a message and makes it readable from its start.
    static void seal(sd_bus_message* message);
    /// Sends a message, and takes it from the other end of the socket.
    /// @return length of its body as it was on the wire
    [[nodiscard]] std::size_t bodyBytesOnWire(sd_bus_message* message) const;
    /// @param message  whole, as bytes, with a head that is in order
    /// @return what comes out at the other end, readable from its start
    [[nodiscard]] MessagePtr receiveBytes(std::span<const std::uint8_t> message) const;

private:
    struct BusClose {
        void operator()(sd_bus* bus) const noexcept { sd_bus_close_unref(bus); }
    };
    using BusPtr = std::unique_ptr<sd_bus, BusClose>;

    static BusPtr startEnd(int fd, bool server);

    BusPtr sender_;
    BusPtr receiver_;
    int sendingFd_ = -1;   // owned by sender_
    int receivingFd_ = -1; // owned by receiver_
};

/// Appends the event to a message and reads it back. Throws std::runtime_error if either fails.
[[nodiscard]] Event throughMessage(const LoopbackBus& bus, const Event& event);

} // namespace keventd::test
