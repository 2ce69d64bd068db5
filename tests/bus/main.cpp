// main() of the bus tests: as root, in a network namespace of their own, with a /sys that shows it, where the
// net devices of other tests are not seen. Events of /sys/devices/virtual/mem are, and reach us from others,
// too: tagged_uevents.h tells them apart.

#include "tests/support/network_namespace.h"

#include <cerrno>
#include <cstdio>
#include <gtest/gtest.h>
#include <sched.h>
#include <system_error>
#include <unistd.h>

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    if (geteuid() == 0) {
        try {
            if (unshare(CLONE_NEWNET) < 0)
                throw std::system_error(errno, std::generic_category(), "unshare network");
            keventd::test::bringUpLoopback();
            keventd::test::mountOwnSysfs();
        } catch (const std::system_error& error) {
            std::fprintf(stderr, "%s, going on without\n", error.what());
        }
    }
    return RUN_ALL_TESTS();
}
