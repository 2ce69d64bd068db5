// D-Bus addresses: text, and where the environment says that the buses are; no I/O.
// Source: D-Bus specification, "Server Addresses"; sd_bus_set_address(3).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace keventd {

/// @return whether `text` is an address, or a list of them parted by ";", each of a transport that sd-bus
///         knows: "unix:path=/run/dbus/system_bus_socket"
[[nodiscard]] bool isBusAddress(std::string_view text);

/// @return $DBUS_SYSTEM_BUS_ADDRESS, or the well-known socket. A variable that is set to nothing is as good
///         as none
[[nodiscard]] std::string systemBusAddress();
/// @return $DBUS_SESSION_BUS_ADDRESS, or $XDG_RUNTIME_DIR/bus; nothing if neither is set
[[nodiscard]] std::optional<std::string> findSessionBusAddress();

/// @return `value` as it may stand in an address: bytes outside [-0-9A-Za-z_/.\*] become %XX
[[nodiscard]] std::string escapeAddressValue(std::string_view value);

/// @return the address of the Unix socket at `path`
[[nodiscard]] std::string addressOfSocket(std::string_view path);

/// Where an address leads to, if that is one Unix socket.
/// @return its name as of unix(7): a path, or a NUL byte and an abstract name; nothing for a list of
///         addresses, another transport or a malformed address
[[nodiscard]] std::optional<std::string> findSocketName(std::string_view address);

} // namespace keventd
