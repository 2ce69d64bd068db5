// udevd's message, read by ourselves. Pure: bytes in, an event or a reason out.
//
// The format is libudev's own affair, and libudev reads it for us as long as it can. It cannot read what has
// been received already: for the one message that a daemon had in its hands when it was killed, this can.
#pragma once

#include "keventd/event.h"

#include <span>
#include <string>
#include <variant>

namespace keventd {

/// @param message  the whole datagram; borrowed for the call
/// @return the event (source `udev`; times left to the caller) with the properties in the order of the
///         message, which is not quite that of libudev; or why it is none
/// Source: struct monitor_netlink_header, src/libsystemd/sd-device/device-monitor.c (systemd)
[[nodiscard]] std::variant<Event, std::string> parseUdevMessage(std::span<const char> message);

} // namespace keventd
