// Events out of a D-Bus message, one struct after the other: no variants, no maps, no tuples, and no
// allocation once the caller's Event has grown. (The other half of the wire: dbus/event_codec.h.) Internal to
// the library.
#pragma once

#include "client/lib/sdbus_compat.h"
#include "keventd/event.h"

namespace keventd {
inline namespace client {

class EventReader {
public:
    /// Enters the array.
    /// @param message  placed before an `a(tssssstttua{ss})`; borrowed for the life of the reader
    /// @throws sdbus::Error if something else stands there
    explicit EventReader(sdbus::Message& message);

    /// Reads the next event over the old contents of `event`.
    /// @return false at the end of the array; the message then stands behind it
    /// @throws sdbus::Error if the message is not of the type it should be
    [[nodiscard]] bool next(Event& event);

private:
    sdbus::Message& message_;
};

} // namespace client
} // namespace keventd
