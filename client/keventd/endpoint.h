// Where the daemon is spoken to: its private socket, or a bus on which it owns org.keventd1.
#pragma once

#include "keventd/export.h"

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
[[nodiscard]] KEVENTD_EXPORT Endpoint privateSocket(std::string_view path);
/// $DBUS_SYSTEM_BUS_ADDRESS, or the well-known socket.
[[nodiscard]] KEVENTD_EXPORT Endpoint systemBus();
/// $DBUS_SESSION_BUS_ADDRESS, or $XDG_RUNTIME_DIR/bus.
/// @throws ConnectionError if the environment names no session bus
[[nodiscard]] KEVENTD_EXPORT Endpoint sessionBus();
/// Any D-Bus address of a bus.
[[nodiscard]] KEVENTD_EXPORT Endpoint busAt(std::string_view address);

/// Where a daemon puts its private socket: /run/keventd/bus, and $XDG_RUNTIME_DIR/keventd/bus if that is set.
[[nodiscard]] KEVENTD_EXPORT std::vector<std::string> privateSocketPaths();
/// The first private socket that answers, else the system bus. It is tried now; Client tries it again.
[[nodiscard]] KEVENTD_EXPORT Endpoint defaultEndpoint();

} // namespace client
} // namespace keventd
