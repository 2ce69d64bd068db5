// D-Bus addresses of Unix sockets: text only, no I/O.
// Source: D-Bus specification, "Server Addresses"; sd_bus_set_address(3).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace keventd {
inline namespace client {

/// @return `value` as it may stand in an address: bytes outside [-0-9A-Za-z_/.\*] become %XX
[[nodiscard]] std::string escapeAddressValue(std::string_view value);

/// @return the address of the Unix socket at `path`
[[nodiscard]] std::string addressOfSocket(std::string_view path);

/// Where an address leads to, if that is one Unix socket.
/// @return its name as of unix(7): a path, or a NUL byte and an abstract name; nothing for a list of
///         addresses, another transport or a malformed address
[[nodiscard]] std::optional<std::string> findSocketName(std::string_view address);

} // namespace client
} // namespace keventd
