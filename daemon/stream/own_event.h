// Events that nobody has sent: what keventd says by itself, of now.
#pragma once

#include "keventd/event.h"

#include <string>
#include <string_view>

namespace keventd {

/// @param source  names::source
/// @return an event without object and properties
[[nodiscard]] Event ownEvent(const char* source, const char* action, std::string subsystem);

/// About the stream: of source `keventd`.
/// @param about  the source that it is about (KEVENTD_SOURCE)
[[nodiscard]] Event streamEvent(const char* action, std::string_view about);

} // namespace keventd
