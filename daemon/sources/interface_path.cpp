#include "daemon/sources/interface_path.h"

#include "daemon/base/text.h"
#include "daemon/sources/link_message.h"
#include "daemon/sources/read_link.h"

#include <array>
#include <charconv>
#include <fcntl.h>
#include <net/if.h>
#include <optional>
#include <string_view>

namespace keventd {
namespace {

// "../../devices/…", from a directory two below the root.
std::optional<std::string> targetOf(const std::string& link) {
    const auto target = readLink(AT_FDCWD, link.c_str());
    constexpr std::string_view up = "../..";
    if (!target || !target->starts_with("../../devices/")) return std::nullopt;
    return target->substr(up.size());
}

unsigned ifindexIn(const PropertyList& link) {
    const std::string_view digits = link.find(link::Ifindex).value_or("");
    unsigned number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
}

// It may have been renamed since, as by udevd: that takes it nowhere else (device_rename() in
// drivers/base/core.c).
std::optional<std::string> pathByNumber(const PropertyList& link, const std::string& sysfs) {
    const auto ifindex = ifindexIn(link);
    std::array<char, IF_NAMESIZE> current{};
    if (if_indextoname(ifindex, current.data()) == nullptr) return std::nullopt;
    const auto devpath = targetOf(text(sysfs, "/class/net/", current.data()));
    if (!devpath) return std::nullopt;
    return devpath->substr(0, devpath->rfind('/') + 1).append(link.find(link::Interface).value_or(""));
}

} // namespace

std::string interfacePath(const PropertyList& link, const std::string& sysfs) {
    const std::string name(link.find(link::Interface).value_or(""));
    if (const auto devpath = targetOf(text(sysfs, "/class/net/", name))) return *devpath;
    if (!link.find(link::Parent)) return text("/devices/virtual/net/", name);
    return pathByNumber(link, sysfs).value_or("");
}

} // namespace keventd
