#include "client/keventctl/watch.h"

#include "client/keventctl/usage_error.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace keventd::ctl {
namespace {

using testing::HasSubstr;

std::string errorOf(const std::string& object) {
    try {
        (void)devpathOf(object);
    } catch (const UsageError& error) {
        return error.what();
    }
    return {};
}

TEST(WatchedObject, IsADevpathAsItIs) {
    EXPECT_EQ(devpathOf("/devices/virtual/tty/tty0"), "/devices/virtual/tty/tty0");
    EXPECT_EQ(devpathOf("/class/tty/tty0"), "/class/tty/tty0") << "which the daemon refuses, and says why";
    EXPECT_EQ(devpathOf("/system"), "/system");
}

TEST(WatchedObject, IsWhereAPathThroughSysfsLeads) {
    for (const char* path : {"/sys/class/mem/null", "/sys/dev/char/1:3", "/sys/devices/virtual/mem/null/",
                             "/sys/devices/virtual/mem/zero/../null"}) {
        EXPECT_EQ(devpathOf(path), "/devices/virtual/mem/null") << path;
    }
}

TEST(WatchedObject, IsWhereARelativePathLeads) {
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path("/sys/class/mem");
    EXPECT_EQ(devpathOf("null"), "/devices/virtual/mem/null");
    EXPECT_THAT(errorOf("nothing"), HasSubstr("No such file"));
    std::filesystem::current_path(before);
}

TEST(WatchedObject, IsInSysfs) {
    EXPECT_EQ(errorOf("/sys/../dev"), "'/sys/../dev' is not in /sys");
    EXPECT_EQ(errorOf("/sys/class/mem/nothing"), "'/sys/class/mem/nothing': No such file or directory");
}

} // namespace
} // namespace keventd::ctl
