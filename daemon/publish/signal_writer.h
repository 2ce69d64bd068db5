// Signals of org.keventd1.Manager, unicast to one subscriber.
#pragma once

#include "daemon/base/c_handles.h"
#include "daemon/publish/peer.h"
#include "keventd/event.h"

#include <cstdint>

namespace keventd {

/// An Events signal under construction.
class EventsSignal {
public:
    /// A batch is closed when it has reached this size.
    static constexpr std::size_t MaxBytes = 256 * 1024;

    explicit EventsSignal(const Peer& to, std::uint32_t subscription);

    /// @return false if the batch is full; the event is then not in it
    [[nodiscard]] bool add(const EventView& event);
    /// @return upper bound of what the events in it take
    [[nodiscard]] std::size_t bytes() const { return bytes_; }
    /// Ends the message and hands it to the connection.
    void send(std::uint64_t next);

private:
    BusMessageHandle message_;
    sd_bus* bus_;
    std::size_t bytes_ = 0;
};

void sendLost(const Peer& to, std::uint32_t subscription, std::uint64_t from, std::uint64_t last);

} // namespace keventd
