// Which kernel runs: it decides whether holes in SEQNUM are waited for.

#include "daemon/kernel_version.h"

#include <gtest/gtest.h>

namespace keventd::test {
namespace {

TEST(KernelVersion, IsReadFromReleasesAsDistributionsWriteThem) {
    EXPECT_EQ(parseKernelRelease("6.1.0-49-amd64"), (KernelVersion{6, 1}));
    EXPECT_EQ(parseKernelRelease("6.9.3"), (KernelVersion{6, 9}));
    EXPECT_EQ(parseKernelRelease("6.18.0-rc1+"), (KernelVersion{6, 18}));
    EXPECT_EQ(parseKernelRelease("7.0"), (KernelVersion{7, 0}));
}

TEST(KernelVersion, IsNothingWhereThereIsNone) {
    for (const char* release : {"", "linux", "6", "6.", "6.x", ".9"}) {
        EXPECT_EQ(parseKernelRelease(release), std::nullopt) << release;
    }
}

TEST(KernelVersion, IsComparedByNumber) {
    EXPECT_LT((KernelVersion{6, 8}), (KernelVersion{6, 9}));
    EXPECT_LT((KernelVersion{6, 9}), (KernelVersion{6, 10}));
    EXPECT_LT((KernelVersion{5, 19}), (KernelVersion{6, 9}));
}

TEST(KernelVersion, OfTheRunningKernelIsKnown) {
    EXPECT_TRUE(runningKernel().has_value());
}

} // namespace
} // namespace keventd::test
