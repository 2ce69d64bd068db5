#include "daemon/kernel_version.h"

#include <charconv>
#include <string_view>
#include <sys/utsname.h>

namespace keventd {

KernelVersion parseKernelRelease(const char* release) {
    const std::string_view text(release);
    const char* end = text.data() + text.size();
    KernelVersion version;
    const auto [dot, error] = std::from_chars(text.data(), end, version.major);
    if (error != std::errc() || dot == end || *dot != '.') return {};
    if (std::from_chars(dot + 1, end, version.minor).ec != std::errc()) return {};
    return version;
}

KernelVersion runningKernel() {
    utsname name{};
    uname(&name);
    return parseKernelRelease(name.release);
}

} // namespace keventd
