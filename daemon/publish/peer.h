// Who is at the other end: one client, on the private socket or behind a broker.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <systemd/sd-bus.h>

namespace keventd {

/// A connection has one client if it is private, and as many as have unique names if it leads to a broker.
struct Peer {
    sd_bus* bus = nullptr; ///< borrowed; its owner tells when it ends (Clients::dropConnection)
    std::string name;      ///< unique name on the bus, empty on a private connection

    bool operator==(const Peer&) const = default;
    /// Any order, for maps.
    bool operator<(const Peer& other) const {
        return bus == other.bus ? name < other.name : std::less<>()(bus, other.bus);
    }
};

/// @return the sender of a message that came in
[[nodiscard]] inline Peer senderOf(sd_bus_message* message) {
    sd_bus* bus = sd_bus_message_get_bus(message);
    const char* name = sd_bus_is_bus_client(bus) > 0 ? sd_bus_message_get_sender(message) : nullptr;
    return {bus, name == nullptr ? "" : name};
}

/// @return messages that wait to be written because the other end does not read
[[nodiscard]] inline std::uint64_t queuedWrites(sd_bus* bus) {
    std::uint64_t count = 0;
    return sd_bus_get_n_queued_write(bus, &count) < 0 ? 0 : count;
}

/// Messages in a connection's queue above which nothing more is put into it. With batches of 256 KiB, this
/// bounds what a client that does not read costs.
inline constexpr std::uint64_t MaxQueuedWrites = 4;

/// What sd-bus has in its own queue (at first its word Connected) it serves by a timer that it sets anew in
/// each turn of the loop: so it is never the turn of that one as long as others are ready, and it must be
/// served by us.
/// @return messages that have been read, and wait to be processed
[[nodiscard]] inline std::uint64_t queuedReads(sd_bus* bus) {
    std::uint64_t count = 0;
    return sd_bus_get_n_queued_read(bus, &count) < 0 ? 0 : count;
}

} // namespace keventd
