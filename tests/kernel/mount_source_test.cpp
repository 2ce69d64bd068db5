// What the source `mount` tells of the kernel's own mounts.

#include "tests/kernel/mount_source_test.h"
#include "tests/support/child_process.h"

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>
#include <string>
#include <sys/epoll.h>
#include <sys/mount.h>
#include <system_error>
#include <vector>

namespace keventd::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

TEST_F(MountSourceTest, TellsMountAndUmount) {
    mountTmpfs("/a", "size=64k");
    EXPECT_TRUE(isReadable());
    const auto mounted = look();
    ASSERT_THAT(told(mounted, top()), ElementsAre("mount /a"));
    EXPECT_EQ(mounted[0].subsystem, "mount");
    EXPECT_EQ(mounted[0].object, "");
    EXPECT_EQ(mounted[0].properties.find("FSTYPE"), "tmpfs");
    EXPECT_EQ(mounted[0].properties.find("SOURCE"), "none");
    EXPECT_EQ(mounted[0].properties.find("ROOT"), "/");
    EXPECT_THAT(std::string(mounted[0].properties.find("SUPER_OPTIONS").value_or("")),
                StartsWith("rw,size=64k"));
    EXPECT_NE(mounted[0].boottime.count(), 0);
    EXPECT_NE(mounted[0].realtime.count(), 0);
    umountAt("/a");
    EXPECT_TRUE(isReadable());
    const auto gone = look();
    ASSERT_THAT(told(gone, top()), ElementsAre("umount /a"));
    EXPECT_EQ(gone[0].properties.find("MOUNT_ID"), mounted[0].properties.find("MOUNT_ID"));
    EXPECT_FALSE(isReadable());
    EXPECT_THAT(tell(), IsEmpty());
}

TEST_F(MountSourceTest, TellsNothingOfWhatIsThereAtTheBeginning) {
    mountTmpfs("/a");
    MountSource later{std::string(MountTable)};
    KeptEvents arrivals;
    EXPECT_TRUE(later.drain(arrivals, 64).empty);
    EXPECT_THAT(arrivals.events, IsEmpty());
}

TEST_F(MountSourceTest, StaysReadableUntilItIsDrained) {
    mountTmpfs("/a");
    const UniqueFd loop(epoll_create1(EPOLL_CLOEXEC));
    epoll_event wanted{.events = EPOLLIN, .data = {}};
    check(epoll_ctl(loop.get(), EPOLL_CTL_ADD, source_->descriptor(), &wanted), "watch source");
    for (int turn = 0; turn < 3; ++turn) {
        EXPECT_TRUE(isReadable());
        EXPECT_EQ(epoll_wait(loop.get(), &wanted, 1, 0), 1);
    }
    EXPECT_THAT(tell(), ElementsAre("mount /a"));
    EXPECT_EQ(epoll_wait(loop.get(), &wanted, 1, 0), 0);
}

TEST_F(MountSourceTest, IsNotReadAnewWhileNothingHasHappened) {
    const auto looks = source_->statistics().received;
    for (int turn = 0; turn < 5; ++turn) EXPECT_THAT(tell(), IsEmpty());
    EXPECT_EQ(source_->statistics().received, looks);
}

TEST_F(MountSourceTest, TellsNoMoreAtOnceThanItMay) {
    for (const char* name : {"/a", "/b", "/c"}) mountTmpfs(name);
    KeptEvents arrivals;
    EXPECT_FALSE(source_->drain(arrivals, 2).empty);
    EXPECT_THAT(told(arrivals.events, top()), ElementsAre("mount /a", "mount /b"));
    EXPECT_TRUE(source_->drain(arrivals, 2).empty);
    EXPECT_THAT(told(arrivals.events, top()), ElementsAre("mount /a", "mount /b", "mount /c"));
}

TEST_F(MountSourceTest, TellsRemountOfOneMount) {
    mountTmpfs("/a");
    EXPECT_EQ(tell().size(), 1U);
    check(mount(nullptr, place("/a").c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr), "remount");
    const auto events = look();
    ASSERT_THAT(told(events, top()), ElementsAre("remount /a"));
    EXPECT_EQ(events[0].properties.find("OPTIONS"), "ro,relatime");
    EXPECT_EQ(events[0].properties.find("OPTIONS_OLD"), "rw,relatime");
    EXPECT_FALSE(events[0].properties.find("SUPER_OPTIONS_OLD"));
}

TEST_F(MountSourceTest, TellsRemountOfAFileSystemAtEachOfItsMounts) {
    const std::string first = mountTmpfs("/a");
    check(mount(first.c_str(), place("/b").c_str(), nullptr, MS_BIND, nullptr), "bind");
    EXPECT_EQ(tell().size(), 2U);
    check(mount(nullptr, first.c_str(), nullptr, MS_REMOUNT, "size=128k"), "remount");
    const auto events = look();
    ASSERT_THAT(told(events, top()), ElementsAre("remount /a", "remount /b"));
    EXPECT_THAT(std::string(events[1].properties.find("SUPER_OPTIONS").value_or("")),
                StartsWith("rw,size=128k"));
    EXPECT_THAT(std::string(events[1].properties.find("SUPER_OPTIONS_OLD").value_or("")), StartsWith("rw"));
}

TEST_F(MountSourceTest, TellsMoveOfATree) {
    const std::string from = mountTmpfs("/from");
    mountTmpfs("/from/child");
    EXPECT_EQ(tell().size(), 2U);
    check(mount(from.c_str(), place("/to").c_str(), nullptr, MS_MOVE, nullptr), "move");
    const auto events = look();
    ASSERT_THAT(told(events, top()), ElementsAre("move /to", "move /to/child"));
    EXPECT_EQ(events[0].properties.find("MOUNTPOINT_OLD"), from);
    EXPECT_EQ(events[1].properties.find("MOUNTPOINT_OLD"), from + "/child");
}

TEST_F(MountSourceTest, TellsMoveUnderAYoungerMountParentsFirst) {
    const std::string from = mountTmpfs("/from");
    mountTmpfs("/younger");
    EXPECT_EQ(tell().size(), 2U);
    mountTmpfs("/youngest");
    check(mount(from.c_str(), place("/youngest/to").c_str(), nullptr, MS_MOVE, nullptr), "move");
    EXPECT_THAT(tell(), ElementsAre("mount /youngest", "move /youngest/to"));
}

TEST_F(MountSourceTest, TellsUmountOfATreeChildrenFirst) {
    mountTmpfs("/a");
    mountTmpfs("/a/b");
    mountTmpfs("/a/b/c");
    EXPECT_THAT(tell(), ElementsAre("mount /a", "mount /a/b", "mount /a/b/c"));
    check(umount2(place("/a").c_str(), MNT_DETACH), "detach");
    EXPECT_THAT(tell(), ElementsAre("umount /a/b/c", "umount /a/b", "umount /a"));
}

TEST_F(MountSourceTest, TellsMountsThatPropagate) {
    const std::string shared = mountTmpfs("/shared");
    check(mount(nullptr, shared.c_str(), nullptr, MS_SHARED, nullptr), "share");
    check(mount(shared.c_str(), place("/peer").c_str(), nullptr, MS_BIND, nullptr), "bind");
    look();
    mountTmpfs("/shared/sub");
    const auto events = look();
    const std::vector<std::string> lines = told(events, top());
    EXPECT_EQ(std::set<std::string>(lines.begin(), lines.end()),
              (std::set<std::string>{"mount /shared/sub", "mount /peer/sub"}));
    EXPECT_THAT(std::string(events.at(0).properties.find("PROPAGATION").value_or("")), StartsWith("shared:"));
}

TEST_F(MountSourceTest, TellsEachOfAStack) {
    mountTmpfs("/a");
    mountTmpfs("/a");
    EXPECT_THAT(tell(), ElementsAre("mount /a", "mount /a"));
    umountAt("/a");
    EXPECT_THAT(tell(), ElementsAre("umount /a"));
}

TEST_F(MountSourceTest, DoesNotTakeATmpfsForTheOneBefore) {
    mountTmpfs("/a", "size=64k");
    EXPECT_EQ(tell().size(), 1U);
    umountAt("/a");
    mountTmpfs("/b", "size=128k"); // with the number of the first, and that of its device
    EXPECT_THAT(tell(), ElementsAre("umount /a", "mount /b"));
}

TEST_F(MountSourceTest, KeepsTheBytesOfMountPoints) {
    for (const char* name : {"/new\nline", "/sp ace\ttab", "/\xff\xfe\x1b[1m", "/back\\slash\\040",
                             "/#(deleted)", "/gone (deleted)", "/quo\"te'"}) {
        mountTmpfs(name);
        EXPECT_THAT(tell(), ElementsAre(std::string("mount ") + name));
        umountAt(name);
        EXPECT_THAT(tell(), ElementsAre(std::string("umount ") + name));
    }
}

TEST_F(MountSourceTest, KeepsALongMountPoint) {
    std::string name;
    for (int depth = 0; depth < 15; ++depth) name += "/" + std::string(250, 'x');
    mountTmpfs(name);
    EXPECT_THAT(tell(), ElementsAre("mount " + name));
}

TEST_F(MountSourceTest, KeepsAnEmptySource) {
    check(mount("", place("/a").c_str(), "tmpfs", 0, nullptr), "mount");
    EXPECT_EQ(look().at(0).properties.find("SOURCE"), "");
}

TEST_F(MountSourceTest, SaysNothingOfAFileThatIsReplacedWhereItLies) {
    std::ofstream(top() + "/file") << "old";
    std::ofstream(top() + "/point") << "";
    check(mount((top() + "/file").c_str(), (top() + "/point").c_str(), nullptr, MS_BIND, nullptr), "bind");
    EXPECT_THAT(tell(), ElementsAre("mount /point"));
    std::filesystem::remove(top() + "/file");
    mountTmpfs("/other");
    EXPECT_THAT(tell(), ElementsAre("mount /other"));
}

TEST_F(MountSourceTest, TellsOverlays) {
    const std::string options =
        "lowerdir=" + place("/lower") + ",upperdir=" + place("/upper") + ",workdir=" + place("/work");
    if (mount("overlay", place("/o").c_str(), "overlay", 0, options.c_str()) < 0)
        GTEST_SKIP() << "no overlay file system: " << std::generic_category().message(errno);
    const auto events = look();
    ASSERT_THAT(told(events, top()), ElementsAre("mount /o"));
    EXPECT_EQ(events[0].properties.find("FSTYPE"), "overlay");
    EXPECT_EQ(events[0].object, "");
}

TEST_F(MountSourceTest, TellsOneEventForEachOfAThousand) {
    constexpr int Count = 1'000;
    for (int i = 0; i < Count; ++i) mountTmpfs("/" + std::to_string(i));
    const auto begin = std::chrono::steady_clock::now();
    const std::vector<std::string> lines = tell();
    const auto took = std::chrono::steady_clock::now() - begin;
    EXPECT_EQ(std::set<std::string>(lines.begin(), lines.end()).size(), static_cast<std::size_t>(Count));
    EXPECT_EQ(lines.size(), static_cast<std::size_t>(Count));
    EXPECT_LT(took, std::chrono::seconds(10));
    RecordProperty("microseconds", std::to_string(took / std::chrono::microseconds(1)));
    check(umount2(top().c_str(), MNT_DETACH), "detach");
    EXPECT_EQ(tell().size(), static_cast<std::size_t>(Count) + 1);
}

// --- Block devices ---

class MountedImageTest : public MountSourceTest {
protected:
    // Makes a file system in a file and mounts it on /disk, by a loop device that goes with it.
    void mountImage(const std::string& make, const std::string& fstype, std::uintmax_t bytes) {
        const std::string image = top() + "/image";
        std::ofstream(image) << "";
        std::filesystem::resize_file(image, bytes);
        const Finished made = run({make, "-q", image});
        if (made.status == 127) GTEST_SKIP() << "needs " << make;
        ASSERT_EQ(made.status, 0) << made.err;
        const Finished mounted = run({"mount", "-t", fstype, "-o", "loop", image, place("/disk")});
        if (mounted.status != 0) GTEST_SKIP() << "no loop device, or no " << fstype << ": " << mounted.err;
    }

    void expectObjectIsTheLoopDevice() {
        const auto events = look();
        ASSERT_THAT(told(events, top()), ElementsAre("mount /disk"));
        const std::string source(events[0].properties.find("SOURCE").value_or(""));
        ASSERT_THAT(source, StartsWith("/dev/loop"));
        EXPECT_EQ(events[0].object, "/devices/virtual/block/" + source.substr(5));
        umountAt("/disk");
        const auto gone = look();
        ASSERT_THAT(told(gone, top()), ElementsAre("umount /disk"));
        EXPECT_EQ(gone[0].object, events[0].object);
    }
};

TEST_F(MountedImageTest, IsOnItsBlockDevice) {
    mountImage("mkfs.ext4", "ext4", 8U << 20U);
    if (!IsSkipped() && !HasFatalFailure()) expectObjectIsTheLoopDevice();
}

TEST_F(MountedImageTest, IsOnTheDeviceThatBtrfsWasMountedBy) {
    mountImage("mkfs.btrfs", "btrfs", 128U << 20U);
    if (!IsSkipped() && !HasFatalFailure()) expectObjectIsTheLoopDevice();
}

TEST_F(MountedImageTest, IsNotOnADeviceThatATmpfsIsNamedAfter) {
    check(mount("/dev/loop0", place("/a").c_str(), "tmpfs", 0, nullptr), "mount");
    EXPECT_EQ(look().at(0).object, "");
}

} // namespace
} // namespace keventd::test
