#include "daemon/sources/interface_path.h"

#include "daemon/base/text.h"
#include "daemon/sources/link_message.h"
#include "daemon/sources/read_link.h"

#include <fcntl.h>
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

} // namespace

std::string interfacePath(const PropertyList& link, const std::string& sysfs) {
    const std::string name(link.find(link::Interface).value_or(""));
    if (const auto devpath = targetOf(text(sysfs, "/class/net/", name))) return *devpath;
    return link.find(link::Parent) ? "" : text("/devices/virtual/net/", name);
}

} // namespace keventd
