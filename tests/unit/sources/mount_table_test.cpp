#include "daemon/sources/mount_table.h"

#include <gtest/gtest.h>
#include <string>
#include <string_view>

namespace keventd::test {
namespace {

constexpr std::string_view Root =
    "22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw,errors=remount-ro\n";

ParsedMounts parse(std::string_view text) {
    auto parsed = parseMountinfo(text);
    return parsed ? std::move(*parsed) : ParsedMounts{};
}

Mount parseOne(std::string_view line) {
    const ParsedMounts parsed = parse(line);
    EXPECT_EQ(parsed.table.size(), 1U);
    return parsed.table.size() == 0 ? Mount() : parsed.table.begin()->second;
}

TEST(MountTable, ReadsEveryFieldOfALine) {
    const Mount mount =
        parseOne("36 35 98:7 /mnt1 /mnt2 rw,noatime master:1 shared:2 - ext3 /dev/sda1 rw,errors=continue\n");
    EXPECT_EQ(mount.id, 36);
    EXPECT_EQ(mount.parent, 35);
    EXPECT_EQ(mount.major, 98U);
    EXPECT_EQ(mount.minor, 7U);
    EXPECT_EQ(mount.root, "/mnt1");
    EXPECT_EQ(mount.mountpoint, "/mnt2");
    EXPECT_EQ(mount.options, "rw,noatime");
    EXPECT_EQ(mount.propagation, "master:1 shared:2");
    EXPECT_EQ(mount.fstype, "ext3");
    EXPECT_EQ(mount.source, "/dev/sda1");
    EXPECT_EQ(mount.superOptions, "rw,errors=continue");
    EXPECT_EQ(mount.devpath, "");
}

TEST(MountTable, ReadsALineWithoutOptionalFields) {
    const Mount mount = parseOne("36 35 0:41 / /mnt rw - tmpfs none rw\n");
    EXPECT_EQ(mount.propagation, "");
    EXPECT_EQ(mount.source, "none");
}

TEST(MountTable, ReadsAnEmptySource) {
    const Mount mount = parseOne("36 35 0:41 / /mnt rw - tmpfs  rw,size=1024k\n");
    EXPECT_EQ(mount.source, "");
    EXPECT_EQ(mount.superOptions, "rw,size=1024k");
}

TEST(MountTable, UnescapesPaths) {
    const Mount mount = parseOne("36 35 0:41 /a\\040b /c\\011d\\012e\\134f rw - tmpfs g\\043h rw\n");
    EXPECT_EQ(mount.root, "/a b");
    EXPECT_EQ(mount.mountpoint, "/c\td\ne\\f");
    EXPECT_EQ(mount.source, "g#h");
}

TEST(MountTable, KeepsBytesThatAreNoText) {
    EXPECT_EQ(parseOne("36 35 0:41 / /\xff\xfe\x1b[1m rw - tmpfs \x80 rw\n").mountpoint, "/\xff\xfe\x1b[1m");
}

TEST(MountTable, KeepsWhatLooksLikeANoteOfTheKernel) {
    EXPECT_EQ(parseOne("36 35 0:41 / /old\\040(deleted) rw - tmpfs none rw\n").mountpoint, "/old (deleted)");
    EXPECT_EQ(parseOne("36 35 0:41 /old//deleted /mnt rw - tmpfs none rw\n").root, "/old//deleted");
}

TEST(MountTable, KeepsTheLastOfTwoLinesOfOneMount) {
    const Mount mount =
        parseOne("36 35 0:41 / /before rw - tmpfs none rw\n36 35 0:41 / /after rw - tmpfs none rw\n");
    EXPECT_EQ(mount.mountpoint, "/after");
}

TEST(MountTable, PassesOverLinesThatItCannotRead) {
    const ParsedMounts parsed = parse(
        std::string(Root) + "no mount\n\n37 36 x:y / / rw - tmpfs\n40 22 0:41 / /mnt rw - tmpfs none rw\n");
    EXPECT_EQ(parsed.table.size(), 2U);
    EXPECT_GE(parsed.refused, 2U);
}

TEST(MountTable, HasNoMountsOfAnotherKindOfFile) {
    const ParsedMounts parsed = parse("/dev/sda1 / ext4 rw 0 0\n");
    EXPECT_EQ(parsed.table.size(), 0U);
    EXPECT_EQ(parsed.refused, 1U);
}

TEST(MountTable, IsEmptyOfAnEmptyFile) {
    const auto parsed = parseMountinfo({});
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->table.size(), 0U);
}

TEST(MountTable, FindsMountsByTheirId) {
    ParsedMounts parsed = parse(Root);
    ASSERT_NE(parsed.table.find(22), nullptr);
    EXPECT_EQ(parsed.table.find(22)->mountpoint, "/");
    EXPECT_EQ(parsed.table.find(1), nullptr);
    parsed.table.remove(22);
    EXPECT_EQ(parsed.table.find(22), nullptr);
}

} // namespace
} // namespace keventd::test
