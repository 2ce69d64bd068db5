#include "daemon/sources/sysfs_walk.h"

#include "daemon/base/unique_fd.h"
#include "daemon/sources/read_link.h"

#include <fcntl.h>
#include <string_view>
#include <utility>

namespace keventd {

bool SysfsWalk::step(const Visitor& visit) {
    if (!std::exchange(hasBegun_, true)) {
        begin();
    } else if (directory_) {
        visitNextLink(visit);
    } else if (!left_.empty()) {
        links_ = std::move(left_.back());
        left_.pop_back();
        directory_ = openDirectory(links_.path);
    } else {
        return false;
    }
    return true;
}

void SysfsWalk::begin() {
    for (const std::string& name : namesIn("class")) left_.push_back({"class/" + name, name});
    for (const std::string& name : namesIn("bus")) left_.push_back({"bus/" + name + "/devices", name});
}

// What is no link is "." and "..", or a file of the class, such as net/bonding_masters.
void SysfsWalk::visitNextLink(const Visitor& visit) {
    const dirent* entry = readdir(directory_.get());
    if (entry == nullptr) return directory_.reset();
    if (auto devpath = readDevpath(dirfd(directory_.get()), entry->d_name))
        visit(std::move(*devpath), links_.subsystem);
}

SysfsWalk::DirectoryHandle SysfsWalk::openDirectory(const std::string& path) const {
    UniqueFd fd(openat(root_, path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    DirectoryHandle directory(fd ? fdopendir(fd.get()) : nullptr);
    if (directory) static_cast<void>(fd.release());
    return directory;
}

std::vector<std::string> SysfsWalk::namesIn(const std::string& path) const {
    std::vector<std::string> names;
    const DirectoryHandle directory = openDirectory(path);
    while (const dirent* entry = directory ? readdir(directory.get()) : nullptr) {
        const std::string_view name(entry->d_name);
        if (name != "." && name != "..") names.emplace_back(name);
    }
    return names;
}

} // namespace keventd
