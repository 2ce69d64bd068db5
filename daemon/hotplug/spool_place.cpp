#include "daemon/hotplug/spool_place.h"

#include <cerrno>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statfs.h>

namespace keventd::spool {
namespace {

constexpr int Directory = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

// devtmpfs is one of the two, by the kernel's configuration.
bool isMemory(int fd) {
    struct statfs found {};
    return fstatfs(fd, &found) == 0 && (found.f_type == TMPFS_MAGIC || found.f_type == RAMFS_MAGIC);
}

bool isMountedOn(int fd) {
    struct stat root {};
    struct stat found {};
    return stat("/", &root) == 0 && fstat(fd, &found) == 0 && root.st_dev != found.st_dev;
}

} // namespace

bool isOursAlone(int fd) {
    struct stat found {};
    return fstat(fd, &found) == 0 && found.st_uid == geteuid() && (found.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

bool isRemoved(int fd) {
    struct stat found {};
    return fstat(fd, &found) == 0 && found.st_nlink == 0;
}

UniqueFd openFileSystem(const Place& place) {
    UniqueFd fd(open(place.fileSystem, Directory));
    if (!fd || !isMemory(fd.get()) || !isOursAlone(fd.get())) return {};
    if (place.isMount && !isMountedOn(fd.get())) return {};
    return fd;
}

UniqueFd openDirectory(int parent, const char* name, WhenMissing whenMissing) {
    if (whenMissing == WhenMissing::Make && mkdirat(parent, name, 0700) < 0 && errno != EEXIST) return {};
    UniqueFd fd(openat(parent, name, Directory));
    return fd && isOursAlone(fd.get()) ? std::move(fd) : UniqueFd();
}

UniqueFd openDirectory(const Place& place, WhenMissing whenMissing) {
    const UniqueFd parent = openFileSystem(place);
    return parent ? openDirectory(parent.get(), place.name, whenMissing) : UniqueFd();
}

} // namespace keventd::spool
