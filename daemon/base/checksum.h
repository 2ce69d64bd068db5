// Tells bytes that have changed from bytes that have not.
//
// A thin face over xxHash, which is all in its header and therefore known to one file only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace keventd {

/// @return XXH3 of the bytes, 64 bits: against accidents, not against anybody who means it
[[nodiscard]] std::uint64_t checksum(std::span<const std::byte> bytes);

} // namespace keventd
