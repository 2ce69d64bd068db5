// The bus itself as a peer: what it is called (D-Bus specification, "Message Bus Messages").
#pragma once

namespace keventd::driver {

inline constexpr const char* Name = "org.freedesktop.DBus"; ///< of the interface, too
inline constexpr const char* Path = "/org/freedesktop/DBus";

} // namespace keventd::driver
