// Which files are attributes that everybody may read; the kernel's own, tests/kernel looks at.

#include "daemon/sources/attribute_file.h"

#include "tests/unit/support/sysfs_tree.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

namespace keventd::test {
namespace {

using Kind = RefusedAttribute::Kind;

long fileSystemOf(const char* path) {
    struct statfs found {};
    EXPECT_EQ(statfs(path, &found), 0);
    return static_cast<long>(found.f_type);
}

/// What sysfs says of the length of every plain attribute.
std::string ofPageSize(const std::string& text) {
    return text + std::string(static_cast<std::size_t>(sysconf(_SC_PAGESIZE)) - text.size() - 1, ' ') + "\n";
}

class AttributeFileTest : public testing::Test {
protected:
    AttributeFileTest() {
        tree_.addDevice("/devices/virtual/tty/tty0", "tty");
        addAttribute("active");
    }

    void addAttribute(const std::string& name, const std::string& text = "tty1") {
        tree_.write("/devices/virtual/tty/tty0/" + name, ofPageSize(text));
    }
    [[nodiscard]] std::string path(const std::string& name) const {
        return tree_.root() + ("/devices/virtual/tty/tty0/" + name);
    }
    [[nodiscard]] auto open(const std::string& attribute) const {
        return files_.open({"/devices/virtual/tty/tty0", attribute});
    }
    /// @return nothing if it is not refused
    [[nodiscard]] std::optional<Kind> refusalOf(const std::string& object,
                                                const std::string& attribute) const {
        const auto opened = files_.open({object, attribute});
        const auto* refused = std::get_if<RefusedAttribute>(&opened);
        return refused == nullptr ? std::nullopt : std::optional(refused->kind);
    }
    [[nodiscard]] std::optional<Kind> refusalOf(const std::string& attribute) const {
        return refusalOf("/devices/virtual/tty/tty0", attribute);
    }

    SysfsTree tree_;
    AttributeFiles files_{tree_.root(), fileSystemOf(tree_.root())};
};

TEST_F(AttributeFileTest, IsReadWithoutTheNewlineAtItsEnd) {
    const auto opened = open("active");
    const auto* file = std::get_if<AttributeFile>(&opened);
    ASSERT_NE(file, nullptr);
    const AttributeValue value = file->read();
    EXPECT_EQ(value.error, 0);
    EXPECT_EQ(value.text + "\n", ofPageSize("tty1"));
    EXPECT_EQ(file->read().text, value.text) << "from the beginning again";
}

TEST_F(AttributeFileTest, KnowsTheSubsystemOfItsObject) {
    tree_.addDirectory("/devices/virtual/tty/tty0/power");
    addAttribute("power/control");
    const auto opened = open("power/control");
    ASSERT_TRUE(std::holds_alternative<AttributeFile>(opened));
    EXPECT_EQ(std::get<AttributeFile>(opened).subsystem(), "tty");
}

TEST_F(AttributeFileTest, IsMissingWhereNothingIs) {
    EXPECT_EQ(refusalOf("other"), Kind::Missing);
    EXPECT_EQ(refusalOf("active/more"), Kind::Missing);
    EXPECT_EQ(refusalOf("/devices/virtual/tty/tty9", "active"), Kind::Missing);
    EXPECT_EQ(refusalOf(std::string(300, 'x')), Kind::Missing);
}

TEST_F(AttributeFileTest, IsOnlyWhatEverybodyMayRead) {
    for (const mode_t mode : {0600U, 0640U, 0440U, 0200U, 0222U}) {
        ASSERT_EQ(chmod(path("active").c_str(), mode), 0);
        EXPECT_EQ(refusalOf("active"), Kind::NotPermitted) << std::oct << mode;
    }
    ASSERT_EQ(chmod(path("active").c_str(), 0444), 0);
    EXPECT_EQ(refusalOf("active"), std::nullopt);
}

TEST_F(AttributeFileTest, IsBehindNoDirectoryThatIsClosedToOthers) {
    const std::string directory = tree_.root() + std::string("/devices/virtual");
    ASSERT_EQ(chmod(directory.c_str(), 0750), 0);
    EXPECT_EQ(refusalOf("active"), Kind::NotPermitted);
    ASSERT_EQ(chmod(directory.c_str(), 0751), 0);
    EXPECT_EQ(refusalOf("active"), std::nullopt);
}

TEST_F(AttributeFileTest, IsNeitherALinkNorBehindOne) {
    ASSERT_EQ(symlink("active", path("link").c_str()), 0);
    ASSERT_EQ(symlink("../tty0", path("itself").c_str()), 0);
    EXPECT_EQ(refusalOf("link"), Kind::NotSuitable);
    EXPECT_EQ(refusalOf("itself/active"), Kind::NotSuitable);
    EXPECT_EQ(refusalOf("/class/tty/tty0", "active"), Kind::NotSuitable);
    EXPECT_EQ(refusalOf("subsystem/tty0/active"), Kind::NotSuitable);
}

TEST_F(AttributeFileTest, IsNoDirectoryAndNothingElse) {
    tree_.addDirectory("/devices/virtual/tty/tty0/power");
    ASSERT_EQ(mkfifo(path("pipe").c_str(), 0666), 0);
    EXPECT_EQ(refusalOf("power"), Kind::NotSuitable);
    EXPECT_EQ(refusalOf("pipe"), Kind::NotSuitable);
    EXPECT_EQ(refusalOf("/devices/virtual/tty", "tty0"), Kind::NotSuitable);
}

TEST_F(AttributeFileTest, IsAsLongAsAPage) {
    tree_.write("/devices/virtual/tty/tty0/config", std::string(256, 'x'));
    tree_.write("/devices/virtual/tty/tty0/rom", std::string(131'072, 'x'));
    tree_.write("/devices/virtual/tty/tty0/nothing", "");
    for (const char* binary : {"config", "rom", "nothing"}) EXPECT_EQ(refusalOf(binary), Kind::NotSuitable);
}

TEST_F(AttributeFileTest, IsNotWhatEventsTell) {
    addAttribute("uevent");
    EXPECT_EQ(refusalOf("uevent"), Kind::NotSuitable);
}

TEST_F(AttributeFileTest, IsNotTheRegistersOfADevice) {
    addAttribute("config");
    EXPECT_EQ(refusalOf("config"), Kind::NotSuitable);
}

TEST_F(AttributeFileTest, IsNotElsewhereThanInSysfs) {
    const AttributeFiles sysfsOnly(tree_.root());
    const auto opened = sysfsOnly.open({"/devices/virtual/tty/tty0", "active"});
    ASSERT_TRUE(std::holds_alternative<RefusedAttribute>(opened));
    EXPECT_EQ(std::get<RefusedAttribute>(opened).kind, Kind::NotSuitable);
}

TEST_F(AttributeFileTest, IsGoneWhenAnotherIsInItsPlace) {
    const auto opened = open("active");
    ASSERT_TRUE(std::holds_alternative<AttributeFile>(opened));
    const auto& file = std::get<AttributeFile>(opened);
    const AttributeName name{"/devices/virtual/tty/tty0", "active"};
    EXPECT_TRUE(files_.isAt(name, file));
    addAttribute("new");
    ASSERT_EQ(rename(path("new").c_str(), path("active").c_str()), 0);
    EXPECT_FALSE(files_.isAt(name, file));
    ASSERT_EQ(unlink(path("active").c_str()), 0);
    EXPECT_FALSE(files_.isAt(name, file));
}

TEST(AttributeFiles, AreNotThereWithoutSysfs) {
    const AttributeFiles none("/nonexistent");
    EXPECT_FALSE(none.areThere());
    EXPECT_TRUE(std::holds_alternative<RefusedAttribute>(none.open({"/devices/virtual/tty/tty0", "active"})));
}

} // namespace
} // namespace keventd::test
