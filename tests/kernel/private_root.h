// A root for a udevd of one's own: nothing that it does or is told there reaches the machine.
#pragma once

#include <string>

namespace keventd::test {

/// Takes the process, which has one thread, for good into a mount and a network namespace of its own: /dev
/// with a few nodes made anew (udevd sets the modes of those that it sees), /run empty, /sys of the
/// namespace, and of all udev rules one: `rule`.
/// @throws std::system_error if that is not allowed
void enterPrivateRoot(const std::string& rule);

/// @return whether this process sees nothing of the machine that a udevd could touch; if not, what
[[nodiscard]] bool isPrivateRoot(std::string& reason);

} // namespace keventd::test
