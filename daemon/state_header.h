// The first page of the state file: by what a daemon knows that it can take up the rest.
//
// Pure: bytes in, an answer out.
#pragma once

#include "daemon/base/not_believed.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <systemd/sd-id128.h>

namespace keventd {

/// One part of the state file: in it nothing but its bytes, of which somebody else makes something.
struct StateRegion {
    const char* name;         ///< for messages: "history"
    std::size_t bytes;        ///< of another size, the file is another one
    std::size_t bytesAtStart; ///< allocated with the file; the rest is when it is asked for
};

/// As it stands in the file, in the byte order of the machine: it does not outlive a boot.
struct StateHeader {
    static constexpr std::size_t MaxRegions = 16;
    static constexpr std::array<char, 8> ExpectedMagic{'k', 'e', 'v', 'e', 'n', 't', 'd', '\n'};
    /// To be raised with whatever changes in the file, in a region too (record.h, history.h).
    static constexpr std::uint64_t CurrentLayout = 4;

    std::array<char, 8> magic;
    std::uint64_t layout; ///< magic and layout stay where they are
    sd_id128_t boot;
    sd_id128_t stream;
    std::uint64_t fileBytes;
    std::array<std::uint64_t, MaxRegions> regionBytes; ///< 0 behind the last one
    std::array<std::byte, 3904> unused;
    std::uint64_t checksum; ///< of all before it
};
inline constexpr std::size_t StatePageBytes = 4096;
static_assert(sizeof(StateHeader) == StatePageBytes);

/// @return bytes of the whole file
[[nodiscard]] std::size_t stateFileBytes(std::span<const StateRegion> regions);

/// @param regions  at most StateHeader::MaxRegions
[[nodiscard]] StateHeader makeStateHeader(std::span<const StateRegion> regions, sd_id128_t boot,
                                          sd_id128_t stream);

/// Looks at a header that may be anything.
/// @param fileBytes  size of the file that it was read from
/// @param boot       the boot that the machine is in
/// @return why the file cannot be taken up; nothing if it can
[[nodiscard]] std::optional<NotBelieved> checkStateHeader(const StateHeader& header, std::size_t fileBytes,
                                                          std::span<const StateRegion> regions,
                                                          sd_id128_t boot);

} // namespace keventd
