#include "daemon/kernel_version.h"

#include <charconv>
#include <sys/utsname.h>

namespace keventd {

std::optional<KernelVersion> parseKernelRelease(std::string_view release) {
    const char* const end = release.data() + release.size();
    KernelVersion version;
    const auto [dot, error] = std::from_chars(release.data(), end, version.major);
    if (error != std::errc() || dot == end || *dot != '.') return std::nullopt;
    if (std::from_chars(dot + 1, end, version.minor).ec != std::errc()) return std::nullopt;
    return version;
}

std::optional<KernelVersion> runningKernel() {
    utsname name{};
    uname(&name);
    return parseKernelRelease(name.release);
}

} // namespace keventd
