// What the source refuses by what it reads, or cannot poll; all else tests/kernel looks at.

#include "daemon/sources/attribute_source.h"

#include "tests/unit/support/sysfs_tree.h"

#include <gtest/gtest.h>
#include <sys/statfs.h>
#include <unistd.h>

namespace keventd::test {
namespace {

class AttributeSourceTest : public testing::Test {
protected:
    AttributeSourceTest() { tree_.addDevice("/devices/virtual/tty/tty0", "tty"); }

    /// @param text  repeated until it is as long as sysfs says of every attribute
    std::string refusalOf(const std::string& text) {
        const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
        std::string contents;
        while (contents.size() < page) contents += text;
        tree_.write("/devices/virtual/tty/tty0/active", contents.substr(0, page));
        struct statfs found {};
        EXPECT_EQ(statfs(tree_.root(), &found), 0);
        AttributeSource source(AttributeFiles(tree_.root(), static_cast<long>(found.f_type)));
        const auto refused = source.watch({"/devices/virtual/tty/tty0", "active"});
        EXPECT_EQ(source.watched(), refused ? 0U : 1U);
        return refused ? refused->reason : "";
    }

    SysfsTree tree_;
};

TEST_F(AttributeSourceTest, RefusesWhatIsNoText) {
    EXPECT_EQ(refusalOf(std::string("ab\0cd", 5)), "it is binary");
}

TEST_F(AttributeSourceTest, RefusesWhatCannotBePolled) {
    EXPECT_EQ(refusalOf("abcd"), "it cannot be polled") << "a file of an ordinary file system";
}

TEST(AttributeSourceWithoutSysfs, HasFailed) {
    const AttributeSource source(AttributeFiles("/nonexistent"));
    EXPECT_EQ(source.status().state, SourceState::Failed);
}

} // namespace
} // namespace keventd::test
