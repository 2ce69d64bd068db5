// Sizes and times for people. Pure, but for the time zone.
#pragma once

#include "client/keventctl/values.h"

#include <cstdint>
#include <string>

namespace keventd::ctl {

/// @return "17 B", "1.5 KiB", "128 MiB": two or three digits are enough
[[nodiscard]] std::string sizeText(std::uint64_t bytes);

/// @return "12 s", "3 min 20 s", "2 h 5 min", "4 d 3 h": two units are enough
[[nodiscard]] std::string durationText(Duration duration);

/// @param realtime  CLOCK_REALTIME
/// @return local time, "2026-11-26 18:00:00"
[[nodiscard]] std::string dateText(Duration realtime);

} // namespace keventd::ctl
