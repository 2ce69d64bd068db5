// Asks the kernel for a family of generic netlink.
#pragma once

#include "daemon/sources/control_message.h"

#include <optional>
#include <string_view>

namespace keventd {

/// @return the family as it is now; nothing if there is none of this name, or the kernel cannot be asked. It
///         answers before the question has been sent: nothing is waited for
[[nodiscard]] std::optional<GenericFamily> findFamily(std::string_view name);

} // namespace keventd
