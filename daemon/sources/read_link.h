// Where a symbolic link leads.
#pragma once

#include <array>
#include <climits>
#include <optional>
#include <string>
#include <string_view>
#include <unistd.h>

namespace keventd {

/// @param directory  descriptor that the path begins at
/// @return nothing if there is no link, or that cannot be told (errno)
[[nodiscard]] inline std::optional<std::string> readLink(int directory, const char* path) {
    std::array<char, PATH_MAX>
        target; // NOLINT(cppcoreguidelines-pro-type-member-init): written by the kernel
    const ssize_t length = readlinkat(directory, path, target.data(), target.size());
    if (length < 0) return std::nullopt;
    return std::string(target.data(), static_cast<std::size_t>(length));
}

/// @param link  of sysfs, such as "../../devices/virtual/mem/null"
/// @return the devpath that it leads to; nothing if it does not lead to a device
[[nodiscard]] inline std::optional<std::string> devpathOfLink(std::string_view link) {
    while (link.starts_with("../")) link.remove_prefix(3);
    if (!link.starts_with("devices/")) return std::nullopt;
    return "/" + std::string(link);
}

/// @param directory, path  of a link of sysfs, as of readLink()
/// @return the devpath that it leads to; nothing if there is none, or it does not lead to a device
[[nodiscard]] inline std::optional<std::string> readDevpath(int directory, const char* path) {
    const auto link = readLink(directory, path);
    return link ? devpathOfLink(*link) : std::nullopt;
}

} // namespace keventd
