#include "daemon/sources/sysfs.h"

#include "daemon/base/errors.h"
#include "daemon/sources/read_link.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <utility>

namespace keventd {
namespace {

// Paths are looked up from the root of sysfs.
std::string relative(std::string_view path) {
    return std::string(path.substr(path.find_first_not_of('/')));
}

// An empty directory would say of every device that it has gone.
UniqueFd openSysfs(const char* root) {
    UniqueFd directory(open(root, O_PATH | O_DIRECTORY | O_CLOEXEC));
    const bool isMounted = directory && faccessat(directory.get(), "devices", F_OK, 0) == 0;
    return isMounted ? std::move(directory) : UniqueFd();
}

template <typename Number>
Number numberOf(std::string_view text) {
    Number number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

// @param text  of a file `dev`: "MAJOR:MINOR\n"
dev_t devnumOf(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return 0;
    return makedev(numberOf<unsigned>(text), numberOf<unsigned>(text.substr(colon + 1)));
}

// @param text  of a file `uevent`: "KEY=VALUE\n" each
PropertyList propertiesIn(std::string_view text) {
    PropertyList properties;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        const std::string_view line = text.substr(begin, end - begin);
        const std::size_t equals = line.find('=');
        if (equals != 0 && equals != std::string_view::npos)
            properties.set(line.substr(0, equals), line.substr(equals + 1));
        begin = end + 1;
    }
    return properties;
}

} // namespace

Sysfs::Sysfs(const char* root) : root_(openSysfs(root)) {}

Sysfs::Directory Sysfs::look(const std::string& devpath) const {
    struct stat directory {};
    if (fstatat(root_.get(), relative(devpath).c_str(), &directory, AT_SYMLINK_NOFOLLOW) < 0)
        return {isAbsence(errno) ? Kind::Nothing : Kind::Unknown, 0};
    return {kindOf(relative(devpath)), directory.st_ino};
}

bool Sysfs::shows(const std::string& devpath, const Device& device) const {
    const Directory directory = look(devpath);
    return directory.kind == Kind::Device && directory.inode == device.inode;
}

// @param path  of a directory that is there
Sysfs::Kind Sysfs::kindOf(const std::string& path) const {
    if (faccessat(root_.get(), (path + "/uevent").c_str(), F_OK, 0) < 0)
        return isAbsence(errno) ? Kind::Other : Kind::Unknown;
    // Most have no such file. Of those that have one, it is read of disks alone.
    if (faccessat(root_.get(), (path + "/hidden").c_str(), F_OK, 0) < 0)
        return isAbsence(errno) ? Kind::Device : Kind::Unknown;
    if (subsystemOf(path) != "block") return Kind::Device;
    const auto hidden = readFile(path + "/hidden");
    if (!hidden) return Kind::Unknown;
    return numberOf<int>(*hidden) == 0 ? Kind::Device : Kind::Other;
}

// @return nothing if it belongs to none, or that cannot be told
std::optional<std::string> Sysfs::subsystemOf(const std::string& path) const {
    const auto link = readLink(root_.get(), (path + "/subsystem").c_str());
    if (!link) return std::nullopt;
    return link->substr(link->rfind('/') + 1);
}

std::optional<Device> Sysfs::find(const std::string& devpath) const {
    const Directory directory = look(devpath);
    if (directory.kind != Kind::Device) return std::nullopt;
    auto subsystem = subsystemOf(relative(devpath));
    if (!subsystem) return std::nullopt;
    return read(devpath, std::move(*subsystem), directory.inode);
}

void Sysfs::visitAll(const Visitor& visit) const {
    const auto look = [&](std::string devpath, const std::string& subsystem) {
        const Directory found = this->look(devpath);
        if (found.kind != Kind::Device) return;
        if (auto device = read(devpath, subsystem, found.inode))
            visit(std::move(devpath), std::move(*device));
    };
    for (SysfsWalk all = walk(); all.step(look);) {
    }
}

PropertyList Sysfs::properties(const std::string& devpath) const {
    return propertiesIn(readFile(relative(devpath) + "/uevent").value_or(""));
}

std::optional<Device> Sysfs::read(const std::string& devpath, std::string subsystem, ino_t inode) const {
    const std::string path = relative(devpath);
    const auto devnum = readFile(path + "/dev");
    const auto ifindex = subsystem == "net" ? readFile(path + "/ifindex") : "";
    if (!devnum || !ifindex) return std::nullopt;
    Device device;
    device.inode = inode;
    device.devnum = devnumOf(*devnum);
    if (device.devnum != 0) device.devname = std::string(properties(devpath).find("DEVNAME").value_or(""));
    device.ifindex = numberOf<std::uint32_t>(*ifindex);
    device.subsystem = std::move(subsystem);
    return device;
}

// A file of sysfs is a page at most, and comes whole.
// @return what is in it, nothing of one that is not there; nothing at all if that cannot be told
std::optional<std::string> Sysfs::readFile(const std::string& path) const {
    const UniqueFd file(openat(root_.get(), path.c_str(), O_RDONLY | O_CLOEXEC));
    std::array<char, 4096> text; // NOLINT(cppcoreguidelines-pro-type-member-init): written by read(2)
    const ssize_t length = file ? ::read(file.get(), text.data(), text.size()) : -1;
    if (length < 0) return isAbsence(errno) ? std::optional<std::string>("") : std::nullopt;
    return std::string(text.data(), static_cast<std::size_t>(length));
}

} // namespace keventd
