// The kernel's environment as the payload of a uevent, as netlink would have brought it. Pure: text in, bytes
// out, without heap and without exceptions.
#pragma once

#include "daemon/hotplug/spool_format.h"

#include <cstddef>
#include <span>

namespace keventd::spool {

/// Of the environment that the kernel gives its helper, HOME and PATH included (include/linux/kobject.h:
/// UEVENT_BUFFER_SIZE, UEVENT_NUM_ENVP). What is larger, is not the kernel's.
inline constexpr std::size_t MaxEnvironmentBytes = 2048;
inline constexpr std::size_t MaxEnvironmentKeys = 64;

/// Writes "ACTION@DEVPATH\0KEY=value\0…\0" with all that is in the environment but HOME and PATH, which the
/// kernel adds for its helper only.
/// @param environment  strings up to a nullptr
/// @param subsystem    the helper's first argument, or nullptr; for SUBSYSTEM where that is missing
/// @return bytes that were written; 0 if ACTION or DEVPATH are missing, or anything is too long
[[nodiscard]] std::size_t writePayload(const char* const* environment, const char* subsystem,
                                       std::span<char, MaxPayload> place);

} // namespace keventd::spool
