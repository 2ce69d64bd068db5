// Text that leaves the daemon: plain (dbus/plain_text.h), whatever the kernel was given.
//
// A network interface may be named "\xff\xfe" or hold a terminal's escape sequence. Such bytes would get
// a D-Bus sender disconnected, or run on somebody's terminal. They are written \xNN here, in the one place
// through which every event passes on its way into the history, and nowhere else.
#pragma once

#include "keventd/event.h"

#include <string>
#include <string_view>

namespace keventd {

/// Appends `text` to `out`; each byte of what is not plain, and each backslash, becomes \xNN (lower case).
/// The result is plain, and replacing each \xNN by its byte gives back `text`.
void appendEscaped(std::string& out, std::string_view text);

/// Makes an event's text fit to leave. If all of it is plain, nothing changes, backslashes included; else
/// every string of the event is escaped and the event flagged Escaped, so that a reader need not guess
/// which of them to decode.
void escapeText(Event& event);

} // namespace keventd
