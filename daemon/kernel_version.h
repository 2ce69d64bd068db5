// Which kernel runs.
#pragma once

#include <compare>
#include <optional>
#include <string_view>

namespace keventd {

struct KernelVersion {
    int major = 0;
    int minor = 0;
    // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the comparison with 0 in it for a pointer
    auto operator<=>(const KernelVersion&) const = default;
};

/// @param release  as of uname(2): "6.1.0-49-amd64"
/// @return the version; nothing if there is none in the text
[[nodiscard]] std::optional<KernelVersion> parseKernelRelease(std::string_view release);

[[nodiscard]] std::optional<KernelVersion> runningKernel();

} // namespace keventd
