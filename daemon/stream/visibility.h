// Who may see an event: everybody, or only those whom its subject concerns.
#pragma once

#include "keventd/event.h"
#include "keventd/names.h"

#include <string_view>

namespace keventd {

/// @return whether everybody may see the event; else it is for administrators, because it names other users
///         (quota warnings), and is never broadcast
[[nodiscard]] inline bool isPublic(const EventView& event) {
    return std::string_view(event.source) != names::source::Quota;
}

} // namespace keventd
