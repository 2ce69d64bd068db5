// Events that nobody has sent: what keventd says by itself, of now.
#pragma once

#include "keventd/event.h"
#include "keventd/names.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace keventd {

/// @param source  names::source
/// @return an event without object and properties
[[nodiscard]] Event ownEvent(const char* source, const char* action, std::string subsystem);

/// About the stream: of source `keventd`.
/// @param about  the source that it is about (KEVENTD_SOURCE)
[[nodiscard]] Event streamEvent(const char* action, std::string_view about);

/// @param source  whose events were lost
/// @param count   messages; nothing: nobody knows
[[nodiscard]] Event overrunEvent(std::string_view source, std::optional<std::uint64_t> count);
/// The same, of messages that the kernel has numbered, from `first` on, and that were in no socket.
[[nodiscard]] Event missingEvent(std::string_view source, std::uint32_t first, std::uint32_t count);
/// @return whether it is one of these: no drops in a socket
[[nodiscard]] bool tellsOfMissing(const Event& event);
/// @param differences  that were found and published
/// @param overrun      id of the event that told of the loss; 0: nothing was lost
[[nodiscard]] Event resyncedEvent(std::string_view source, std::size_t differences, std::uint64_t overrun);

/// @param count  events of the source that its ceiling has held back
[[nodiscard]] Event limitedEvent(std::string_view source, std::uint64_t count);

/// @param source, action  of an event
/// @return whether it tells that events were lost before anybody could read them
[[nodiscard]] inline bool isOverrun(std::string_view source, std::string_view action) {
    return action == names::action::Overrun && source == names::source::Keventd;
}

} // namespace keventd
