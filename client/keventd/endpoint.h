// Where the daemon is spoken to: its private socket, or a bus on which it owns org.keventd1.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace keventd {
inline namespace client {

struct Endpoint {
    std::string address;     ///< D-Bus address
    std::string description; ///< for people: "/run/keventd/bus", "the system bus"
    bool isPrivate = false;  ///< the daemon itself answers there, no broker stands between
};

/// The daemon's socket at `path`.
[[nodiscard]] Endpoint privateSocket(std::string_view path);
/// $DBUS_SYSTEM_BUS_ADDRESS, or the well-known socket.
[[nodiscard]] Endpoint systemBus();
/// $DBUS_SESSION_BUS_ADDRESS, or $XDG_RUNTIME_DIR/bus.
/// @throws ConnectionError if the environment names no session bus
[[nodiscard]] Endpoint sessionBus();
/// Any D-Bus address of a bus.
[[nodiscard]] Endpoint busAt(std::string_view address);

/// Where a daemon puts its private socket: /run/keventd/bus, and $XDG_RUNTIME_DIR/keventd/bus if that is set.
[[nodiscard]] std::vector<std::string> privateSocketPaths();
/// The first private socket that answers, else the system bus. It is tried now; Client tries it again.
[[nodiscard]] Endpoint defaultEndpoint();

/// Tries whether somebody listens and answers there: the error of a plain connect(2) says more than sd-bus's,
/// and sd-bus would wait 90 seconds for one that listens and does not answer. What is not one Unix socket is
/// not tried.
/// @throws ConnectionError "cannot connect to WHERE: REASON" if nobody listens, TimeoutError if nobody
///         answers in time, InterruptedError
void requireAnswer(const Endpoint& endpoint, std::chrono::microseconds timeout);

} // namespace client
} // namespace keventd
