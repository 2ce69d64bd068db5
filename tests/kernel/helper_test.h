// What tests of the hotplug helper share. Their executable stays in a mount namespace for good.
#pragma once

#include "tests/kernel/helper_root.h"
#include "tests/kernel/kernel_test.h"

#include <filesystem>
#include <memory>
#include <unistd.h>

namespace keventd::test {

/// In a mount namespace of its own; where that cannot be had, the tests skip themselves.
class MountTest : public KernelTest {
protected:
    static void SetUpTestSuite() {
        if (geteuid() == 0) enterMountNamespace();
    }
};

/// With a root for the helper, in which nothing is mounted yet.
class HelperTest : public MountTest {
protected:
    void SetUp() override {
        MountTest::SetUp();
        if (!IsSkipped()) root_ = std::make_unique<HelperRoot>();
    }
    [[nodiscard]] HelperRoot& root() const { return *root_; }

private:
    std::unique_ptr<HelperRoot> root_;
};

/// With /run in it, and in this the daemon's directory.
class HandOverTest : public HelperTest {
protected:
    void SetUp() override {
        HelperTest::SetUp();
        if (IsSkipped()) return;
        root().mount("/run");
        std::filesystem::create_directory(root().path("/run/keventd"));
    }
};

} // namespace keventd::test
