// Which events are the kernel's own uevents, in SEQNUM order and each once, by whatever road they came.
#pragma once

#include "keventd/names.h"

#include <string_view>

namespace keventd {

/// @param source  Event::source
/// @return whether netlink brought it, or the hotplug helper saw it alone
[[nodiscard]] inline bool isOfKernelStage(std::string_view source) {
    return source == names::source::Kernel || source == names::source::Hotplug;
}

} // namespace keventd
