// What is said on standard error, put together without heap: for the helper's own errors, when a person or a
// unit runs it. When the kernel does, there is no standard error.
#pragma once

#include <cstring>
#include <string_view>
#include <unistd.h>

namespace keventd::spool {

/// Writes one line: "keventd-hotplug: " and the parts; what does not fit into 512 bytes is cut off.
/// @return false, so that it can be told while failing
template <typename... Parts>
bool complain(const Parts&... parts) {
    char line[512];
    std::size_t used = 0;
    const auto add = [&line, &used](std::string_view part) {
        const std::size_t room = sizeof line - 1 - used;
        const std::size_t bytes = part.size() < room ? part.size() : room;
        std::memcpy(line + used, part.data(), bytes);
        used += bytes;
    };
    add("keventd-hotplug: ");
    (add(parts), ...);
    line[used] = '\n';
    return write(STDERR_FILENO, line, used + 1) < 0 && false;
}

} // namespace keventd::spool
