#include "tests/support/network_namespace.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <net/if.h>
#include <sched.h>
#include <string>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

namespace keventd::test {
namespace {

int check(int result, const char* what) {
    if (result < 0) throw std::system_error(errno, std::generic_category(), what);
    return result;
}

void writeTo(const char* path, const std::string& content) {
    const UniqueFd file(check(open(path, O_WRONLY | O_CLOEXEC), path));
    if (write(file.get(), content.data(), content.size()) < 0) {
        throw std::system_error(errno, std::generic_category(), path);
    }
}

} // namespace

NetworkNamespace::NetworkNamespace()
    : before_(check(open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC), "open network namespace")) {
    check(unshare(CLONE_NEWNET), "unshare network namespace");
}

NetworkNamespace::~NetworkNamespace() {
    if (setns(before_.get(), CLONE_NEWNET) == 0) return;
    ADD_FAILURE() << "cannot go back to the first network namespace";
    std::abort(); // what comes next would not be where it thinks it is
}

void bringUpLoopback() {
    const UniqueFd any(check(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "create socket"));
    ifreq loopback{};
    std::strcpy(loopback.ifr_name, "lo");
    loopback.ifr_flags = IFF_UP;
    check(ioctl(any.get(), SIOCSIFFLAGS, &loopback), "bring up loopback");
}

void mountOwnSysfs() {
    check(unshare(CLONE_NEWNS), "unshare mount namespace");
    check(mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), "make mounts private");
    check(mount("sysfs", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr), "mount sysfs");
}

void becomeRootOfNewNamespaces() {
    const std::string user = "0 " + std::to_string(geteuid()) + " 1\n";
    const std::string group = "0 " + std::to_string(getegid()) + " 1\n";
    check(unshare(CLONE_NEWUSER | CLONE_NEWNET), "unshare user and network namespace");
    writeTo("/proc/self/setgroups", "deny");
    writeTo("/proc/self/uid_map", user);
    writeTo("/proc/self/gid_map", group);
}

} // namespace keventd::test
