#include "daemon/sources/mount_changes.h"

#include <chrono>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace keventd::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Mount mountOf(int id, int parent, const std::string& mountpoint) {
    Mount mount;
    mount.id = id;
    mount.parent = parent;
    mount.minor = static_cast<unsigned>(id);
    mount.root = "/";
    mount.mountpoint = mountpoint;
    mount.fstype = "tmpfs";
    mount.source = "none";
    mount.options = "rw";
    mount.superOptions = "rw";
    return mount;
}

MountTable tableOf(std::initializer_list<Mount> mounts) {
    MountTable table;
    for (const Mount& mount : mounts) table.set(mount);
    return table;
}

// What has happened, as "mount /a".
std::vector<std::string> changes(const MountTable& before, const MountTable& after) {
    std::vector<std::string> told;
    for (const MountChange& change : compareMounts(before, after)) {
        const Mount& mount = change.after != nullptr ? *change.after : *change.before;
        const char* verb = change.kind == MountChangeKind::Umounted  ? "umount "
                           : change.kind == MountChangeKind::Mounted ? "mount "
                           : change.kind == MountChangeKind::Moved   ? "move "
                                                                     : "remount ";
        told.push_back(verb + mount.mountpoint);
    }
    return told;
}

template <typename Change>
std::vector<std::string> changesBy(Change&& change) {
    const Mount before = mountOf(2, 1, "/a");
    Mount after = before;
    change(after);
    return changes(tableOf({before}), tableOf({after}));
}

const Mount Top = mountOf(1, 0, "/");

TEST(MountChanges, AreNoneBetweenEqualTables) {
    const MountTable table = tableOf({Top, mountOf(2, 1, "/a")});
    EXPECT_THAT(changes(table, table), IsEmpty());
    EXPECT_THAT(changes({}, {}), IsEmpty());
}

TEST(MountChanges, TellParentsThatWereMountedBeforeTheirChildren) {
    // Ids say nothing: a mount can be moved under a younger one.
    const MountTable after =
        tableOf({Top, mountOf(2, 5, "/a/b/c"), mountOf(4, 1, "/a"), mountOf(5, 4, "/a/b")});
    EXPECT_THAT(changes(tableOf({Top}), after), ElementsAre("mount /a", "mount /a/b", "mount /a/b/c"));
}

TEST(MountChanges, TellChildrenThatWereUmountedBeforeTheirParents) {
    const MountTable before =
        tableOf({Top, mountOf(2, 5, "/a/b/c"), mountOf(4, 1, "/a"), mountOf(5, 4, "/a/b")});
    EXPECT_THAT(changes(before, tableOf({Top})), ElementsAre("umount /a/b/c", "umount /a/b", "umount /a"));
}

TEST(MountChanges, TellWhatWentBeforeWhatCame) {
    EXPECT_THAT(changes(tableOf({Top, mountOf(2, 1, "/a")}), tableOf({Top, mountOf(3, 1, "/a")})),
                ElementsAre("umount /a", "mount /a"));
}

TEST(MountChanges, TellAMoveByTheParent) {
    EXPECT_THAT(changesBy([](Mount& mount) { mount.parent = 7; }), ElementsAre("move /a"));
}

TEST(MountChanges, TellAMoveOfAllThatIsMountedIn) {
    const MountTable before = tableOf({Top, mountOf(2, 1, "/a"), mountOf(3, 2, "/a/b")});
    const MountTable after = tableOf({Top, mountOf(2, 1, "/c"), mountOf(3, 2, "/c/b")});
    EXPECT_THAT(changes(before, after), ElementsAre("move /c", "move /c/b"));
}

TEST(MountChanges, TellARemountByTheOptionsOfTheMount) {
    EXPECT_THAT(changesBy([](Mount& mount) { mount.options = "ro"; }), ElementsAre("remount /a"));
}

TEST(MountChanges, TellARemountByTheOptionsOfTheFileSystem) {
    EXPECT_THAT(changesBy([](Mount& mount) { mount.superOptions = "ro"; }), ElementsAre("remount /a"));
}

TEST(MountChanges, SayNothingOfPropagation) {
    EXPECT_THAT(changesBy([](Mount& mount) { mount.propagation = "shared:1"; }), IsEmpty());
}

TEST(MountChanges, SayNothingOfARootThatWasRenamed) {
    EXPECT_THAT(changesBy([](Mount& mount) { mount.root = "/resolv.conf//deleted"; }), IsEmpty());
}

TEST(MountChanges, KnowANumberThatWasGivenToAnotherByItsDevice) {
    EXPECT_THAT(changesBy([](Mount& mount) { mount.minor = 99; }), ElementsAre("umount /a", "mount /a"));
    EXPECT_THAT(changesBy([](Mount& mount) { mount.major = 8; }), ElementsAre("umount /a", "mount /a"));
}

TEST(MountChanges, KnowANumberThatWasGivenToAnotherByItsType) {
    EXPECT_THAT(changesBy([](Mount& mount) { mount.fstype = "ramfs"; }),
                ElementsAre("umount /a", "mount /a"));
}

TEST(MountChanges, KnowANumberThatWasGivenToAnotherByItsPlaceAndAnythingElse) {
    for (std::string Mount::*field : {&Mount::source, &Mount::options, &Mount::superOptions, &Mount::root}) {
        const auto move = [&](Mount& mount) {
            mount.mountpoint = "/b";
            mount.*field = "/other";
        };
        EXPECT_THAT(changesBy(move), ElementsAre("umount /a", "mount /b"));
    }
}

TEST(MountChanges, TellEachOfAStackOnOneDirectory) {
    const MountTable before = tableOf({Top, mountOf(2, 1, "/a"), mountOf(3, 2, "/a")});
    EXPECT_THAT(changes(before, tableOf({Top, mountOf(2, 1, "/a")})), ElementsAre("umount /a"));
}

TEST(MountChanges, EndWhereParentsGoInACircle) {
    const MountTable circle = tableOf({mountOf(1, 2, "/a"), mountOf(2, 1, "/b"), mountOf(3, 3, "/c")});
    EXPECT_EQ(compareMounts({}, circle).size(), 3U);
    EXPECT_EQ(compareMounts(circle, {}).size(), 3U);
}

// Quadratic, it would be minutes.
TEST(MountChanges, OfThousandsAreFoundInOnePass) {
    constexpr int Count = 50'000;
    MountTable table;
    for (int id = 1; id <= Count; ++id)
        table.set(mountOf(id, id - 1, "/a")); // the highest tower there can be
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(compareMounts({}, table).size(), static_cast<std::size_t>(Count));
    EXPECT_EQ(compareMounts(table, {}).front().before->id, Count);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

} // namespace
} // namespace keventd::test
