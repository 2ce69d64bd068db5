#include "daemon/mount_table_file.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>

namespace keventd {
namespace {

// What is mounted there may be missing, and leave the file that it was mounted on.
UniqueFd openOfProc(const std::string& path) {
    UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct statfs found {};
    const bool isOfProc = fd && fstatfs(fd.get(), &found) == 0 && found.f_type == PROC_SUPER_MAGIC;
    return isOfProc ? std::move(fd) : UniqueFd();
}

} // namespace

UniqueFd openMountTable(const std::optional<std::string>& wanted, const std::string& stateDirectory) {
    if (wanted) return openOfProc(*wanted);
    for (const std::string& path : {stateDirectory + "/mountinfo", std::string("/proc/1/mountinfo"),
                                    std::string("/proc/self/mountinfo")}) {
        if (UniqueFd fd = openOfProc(path)) return fd;
    }
    return {};
}

} // namespace keventd
