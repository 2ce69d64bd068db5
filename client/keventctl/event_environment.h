// An event as environment variables, for a program that is run because of it. Pure.
//
// Every name has a prefix: what an event calls its properties is the business of drivers, rules and whoever
// may send events, and no list of the names that mean something to a shell, a linker or an interpreter (PATH,
// LD_PRELOAD, BASH_ENV, PYTHONPATH …) is ever complete. Fields and properties have prefixes of their own, so
// that no property can be taken for a field.
#pragma once

#include "keventd/event.h"

#include <string>
#include <string_view>
#include <vector>

namespace keventd::ctl {

inline constexpr std::string_view FieldPrefix = "KEVENT_";             ///< KEVENT_ID, KEVENT_SOURCE …
inline constexpr std::string_view PropertyPrefix = "KEVENT_PROPERTY_"; ///< KEVENT_PROPERTY_DEVNAME …

/// @param inherited  "NAME=VALUE" each; those that begin with FieldPrefix are left out, so that what is
///                   there is of this event
/// @return these and the event's, "NAME=VALUE". Properties whose names are not made of letters, digits and
///         "_" alone are left out
[[nodiscard]] std::vector<std::string> environmentOf(const Event& event,
                                                     const std::vector<std::string_view>& inherited);

} // namespace keventd::ctl
