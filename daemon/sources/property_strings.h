// Properties as the kernel and udevd send them: "KEY=value", each followed by a NUL byte. Pure.
#pragma once

#include "keventd/properties.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace keventd {

/// Takes the string before the next NUL off the front.
/// @param rest  ends in NUL
[[nodiscard]] std::string_view takeString(std::string_view& rest);

/// Drivers may add any text (kobject_uevent_env()), and one that writes no "KEY=value" has still seen
/// something happen: a word without "=" becomes a key without a value, what has no key is left out.
/// @param strings  empty, or ends in NUL
void parsePropertyStrings(std::string_view strings, PropertyList& properties);

/// @return SEQNUM; nothing if it is missing, zero or no number
[[nodiscard]] std::optional<std::uint64_t> parseSeqnum(const PropertyList& properties);

} // namespace keventd
