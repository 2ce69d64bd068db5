// main() of the bus tests: as root, in a network namespace of their own, where the net devices of other tests
// are not seen. Events of /sys/devices/virtual/mem are, and reach us from others, too: tagged_uevents.h tells
// them apart.

#include "tests/support/network_namespace.h"

#include <cstdio>
#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    if (geteuid() == 0) {
        if (unshare(CLONE_NEWNET) == 0) {
            keventd::test::bringUpLoopback();
        } else {
            perror("unshare network, going on without");
        }
    }
    return RUN_ALL_TESTS();
}
