// Event ↔ D-Bus by sd-bus: the serving side's half of the wire, and the tests'. Pure: no I/O, no logging.
// (The client library reads the same bytes through sdbus-c++: client/lib/event_reader.h.)
#pragma once

#include "keventd/event.h"

#include <systemd/sd-bus.h>

namespace keventd {

/// Appends one event as `(tssssstttua{ss})` (names::EventSignature) to a message under construction.
/// @param message  open at a place where that type is expected
/// @param event    every string plain (plain_text.h; daemon/stream/escape.h sees to it)
/// @return 0, or a negative errno of sd_bus_message_append_basic(3); the message is then to be dropped
[[nodiscard]] int appendEvent(sd_bus_message* message, const EventView& event);

/// Reads one event of that type.
/// @return 1 and the event in `event`, 0 at the end of the surrounding array, or a negative errno
[[nodiscard]] int readEvent(sd_bus_message* message, Event& event);

/// Appends one event as the arguments of a broadcast (names::BroadcastSignature).
/// @return as of appendEvent()
[[nodiscard]] int appendBroadcast(sd_bus_message* message, const EventView& event);

/// Reads the arguments of a broadcast.
/// @return 1 and the event in `event`, or a negative errno
[[nodiscard]] int readBroadcast(sd_bus_message* message, Event& event);

/// @return upper bound of the bytes that the event takes in a message, alignment included
[[nodiscard]] std::size_t encodedSize(const EventView& event);

} // namespace keventd
