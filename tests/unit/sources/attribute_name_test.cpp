// Which names of attributes say straight where a file is.

#include "daemon/sources/attribute_name.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <vector>

namespace keventd::test {
namespace {

bool isWellFormed(const std::string& object, const std::string& attribute) {
    return std::string(whyMalformed({object, attribute})).empty();
}

TEST(AttributeName, IsAFileOfAnObjectOrOfAGroupOfIt) {
    EXPECT_TRUE(isWellFormed("/devices/virtual/tty/tty0", "active"));
    EXPECT_TRUE(isWellFormed("/devices/pci0000:00/0000:00:01.0", "power/control"));
    EXPECT_TRUE(isWellFormed("/module", "a..b"));
    EXPECT_TRUE(isWellFormed("/devices/...", ".hidden"));
}

TEST(AttributeName, BeginsAtSysfs) {
    EXPECT_FALSE(isWellFormed("", "active"));
    EXPECT_FALSE(isWellFormed("devices/virtual/tty/tty0", "active"));
}

TEST(AttributeName, NamesAnObjectAndAFile) {
    EXPECT_FALSE(isWellFormed("/", "active"));
    EXPECT_FALSE(isWellFormed("/devices/virtual/tty/tty0", ""));
}

TEST(AttributeName, LeadsNowhereElse) {
    for (const char* odd : {".", "..", "../..", "a/..", "../a", "a/../b", "./a", "a/.", "a//b", "a/"}) {
        EXPECT_FALSE(isWellFormed("/devices/tty0", odd)) << odd;
        EXPECT_FALSE(isWellFormed(std::string("/devices/") + odd, "active")) << odd;
    }
    EXPECT_FALSE(isWellFormed("/devices/tty0", "/active"));
    EXPECT_FALSE(isWellFormed("//devices/tty0", "active"));
    EXPECT_FALSE(isWellFormed("/devices/tty0/", "active"));
}

TEST(AttributeName, HasNoByteThatEndsAPath) {
    EXPECT_FALSE(isWellFormed("/devices/tty0", std::string("active\0", 7)));
    EXPECT_FALSE(isWellFormed(std::string("/devices\0/tty0", 14), "active"));
}

std::string joined(const std::vector<std::string>& parts) {
    std::string path;
    for (const std::string& part : parts) path += (path.empty() ? "" : "/") + part;
    return path;
}

RC_GTEST_PROP(AttributeNameProperty, IsRefusedForOneBadPartAmongGoodOnes, ()) {
    const auto good = rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::inRange('a', 'z')));
    auto parts = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(good));
    RC_ASSERT(isWellFormed("/" + joined(parts), joined(parts)));
    const auto at = *rc::gen::inRange<std::size_t>(0, parts.size());
    parts[at] = *rc::gen::elementOf(std::vector<std::string>{".", "..", std::string(1, '\0')});
    RC_ASSERT(!isWellFormed("/" + joined(parts), "active"));
    RC_ASSERT(!isWellFormed("/devices", joined(parts)));
}

} // namespace
} // namespace keventd::test
