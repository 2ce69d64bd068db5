#include "daemon/hotplug/helper_switch.h"

#include "daemon/base/unique_fd.h"
#include "daemon/hotplug/complaint.h"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>

namespace keventd::spool {
namespace {

constexpr const char* Switch = "/sys/kernel/uevent_helper";

bool isThisProgram(const char* path) {
    struct stat other {};
    struct stat own {};
    return stat(path, &other) == 0 && stat("/proc/self/exe", &own) == 0 && other.st_dev == own.st_dev &&
           other.st_ino == own.st_ino;
}

// A helper of the initramfs, whatever it was called there, is not there any more: nothing runs, and nothing
// is missed. Of what is there and is another program, the machine may depend on it (mdev(8)).
bool isSomebodyElses(const char* path) {
    const bool hasOurName = std::string_view(path).ends_with("/keventd-hotplug");
    return !hasOurName && access(path, X_OK) == 0 && !isThisProgram(path);
}

// What the kernel runs, and room for a NUL.
using Path = std::array<char, 257>; // UEVENT_HELPER_PATH_LEN

// @return false if it cannot be read
bool readPath(int fd, Path& path) {
    const ssize_t length = pread(fd, path.data(), path.size() - 1, 0);
    if (length > 0 && path[static_cast<std::size_t>(length) - 1] == '\n')
        path[static_cast<std::size_t>(length) - 1] = '\0';
    return length >= 0;
}

} // namespace

bool isHelperOn() {
    const UniqueFd fd(open(Switch, O_RDONLY | O_CLOEXEC | O_NOCTTY));
    Path path{};
    return fd && readPath(fd.get(), path) && path[0] != '\0' && !isSomebodyElses(path.data());
}

SwitchedOff switchHelperOff() {
    const UniqueFd fd(open(Switch, O_RDWR | O_CLOEXEC | O_NOCTTY));
    if (!fd && errno == ENOENT) return SwitchedOff::WasOff;
    Path path{};
    if (!fd || !readPath(fd.get(), path)) {
        complain(Switch, ": cannot be read, leaving it");
        return SwitchedOff::Failed;
    }
    if (path[0] == '\0') return SwitchedOff::WasOff;
    if (isSomebodyElses(path.data())) {
        complain(Switch, ": is ", path.data(), ", leaving it");
        return SwitchedOff::NotOurs;
    }
    // A write of nothing at all would not reach the kernel (sysfs_kf_write()); it takes off the newline.
    if (pwrite(fd.get(), "\n", 1, 0) == 1) return SwitchedOff::Now;
    complain(Switch, ": cannot be written");
    return SwitchedOff::Failed;
}

} // namespace keventd::spool
