// /sys/kernel/uevent_helper: what the kernel runs for each uevent, if it was built to (CONFIG_UEVENT_HELPER).
#pragma once

namespace keventd::spool {

enum class SwitchedOff {
    WasOff, ///< or the kernel has no such thing
    Now,
    NotOurs, ///< another program is there, which somebody may need; it has been left alone, and that told
    Failed,  ///< which has been told
};

/// @return whether the kernel runs this program, or one that is not there any more
[[nodiscard]] bool isHelperOn();

[[nodiscard]] SwitchedOff switchHelperOff();

} // namespace keventd::spool
