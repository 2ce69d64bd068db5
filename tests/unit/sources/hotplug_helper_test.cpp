#include "daemon/sources/hotplug_helper.h"

#include "tests/support/temporary_directory.h"

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace keventd::test {
namespace {

using testing::HasSubstr;

class HotplugHelper : public testing::Test {
protected:
    [[nodiscard]] SourceStatus statusOf(const std::string& content) const {
        const std::string path = directory_.file("uevent_helper");
        std::ofstream(path) << content;
        return hotplugHelperStatus(path);
    }

private:
    TemporaryDirectory directory_;
};

TEST_F(HotplugHelper, IsNoneOfAKernelWithoutTheOption) {
    const SourceStatus status = hotplugHelperStatus("/nowhere/uevent_helper");
    EXPECT_EQ(status.state, SourceState::Disabled);
    EXPECT_THAT(status.reason, HasSubstr("CONFIG_UEVENT_HELPER"));
}

TEST_F(HotplugHelper, IsSwitchedOffWhenTheDaemonListens) {
    const SourceStatus status = statusOf("\n");
    EXPECT_EQ(status.state, SourceState::Disabled);
    EXPECT_THAT(status.reason, HasSubstr("switched off"));
}

TEST_F(HotplugHelper, RunsWhereNobodyHasSwitchedItOff) {
    EXPECT_EQ(statusOf("/sbin/keventd-hotplug\n"), (SourceStatus{SourceState::Running, ""}));
}

TEST_F(HotplugHelper, MayBeAnotherProgram) {
    const SourceStatus status = statusOf("/sbin/mdev\n");
    EXPECT_EQ(status.state, SourceState::Disabled);
    EXPECT_THAT(status.reason, HasSubstr("another program"));
}

} // namespace
} // namespace keventd::test
