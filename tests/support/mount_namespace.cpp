#include "tests/support/mount_namespace.h"

#include <cerrno>
#include <sched.h>
#include <sys/mount.h>
#include <system_error>

namespace keventd::test {

void enterMountNamespace() {
    if (unshare(CLONE_NEWNS) < 0)
        throw std::system_error(errno, std::generic_category(), "unshare mount namespace");
    if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) < 0)
        throw std::system_error(errno, std::generic_category(), "make mounts private");
}

} // namespace keventd::test
