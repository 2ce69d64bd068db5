// What the kernel says of pressure, parsed. Pure: text in, numbers out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace keventd {

/// How much of the time tasks have stood still for want of something: a line of /proc/pressure/*.
struct Pressure {
    std::string avg10; ///< percent of the last 10 seconds, as the kernel writes it: "0.12"
    std::string avg60;
    std::string avg300;
    std::uint64_t totalUsec = 0; ///< since boot
};

struct PressureFile {
    std::optional<Pressure> some; ///< at least one task stood still
    std::optional<Pressure> full; ///< all did; nothing where the kernel does not say so (of cpu, before 5.13)
};

/// @param text  "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\nfull …\n"
/// @return nothing of a line that is none of these
/// Source: Documentation/accounting/psi.rst (kernel)
[[nodiscard]] PressureFile parsePressure(std::string_view text);

} // namespace keventd
