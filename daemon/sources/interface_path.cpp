#include "daemon/sources/interface_path.h"

#include "daemon/base/text.h"
#include "daemon/sources/link_message.h"
#include "daemon/sources/property_number.h"
#include "daemon/sources/read_link.h"

#include <array>
#include <fcntl.h>
#include <net/if.h>
#include <optional>
#include <string_view>

namespace keventd {
namespace {

std::optional<std::string> pathByName(std::string_view name, const std::string& sysfs) {
    return readDevpath(AT_FDCWD, text(sysfs, "/class/net/", name).c_str());
}

// It may have been renamed since, as by udevd: that takes it nowhere else (device_rename() in
// drivers/base/core.c).
std::optional<std::string> pathByNumber(const PropertyList& link, const std::string& sysfs) {
    std::array<char, IF_NAMESIZE> current{};
    if (if_indextoname(numberOf<unsigned>(link, link::Ifindex), current.data()) == nullptr)
        return std::nullopt;
    const auto devpath = pathByName(current.data(), sysfs);
    if (!devpath) return std::nullopt;
    return devpath->substr(0, devpath->rfind('/') + 1).append(link.find(link::Interface).value_or(""));
}

} // namespace

std::string interfacePath(const PropertyList& link, const std::string& sysfs) {
    const std::string name(link.find(link::Interface).value_or(""));
    if (const auto devpath = pathByName(name, sysfs)) return *devpath;
    if (!link.find(link::Parent)) return text("/devices/virtual/net/", name);
    return pathByNumber(link, sysfs).value_or("");
}

} // namespace keventd
