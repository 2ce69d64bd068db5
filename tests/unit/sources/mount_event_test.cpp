#include "daemon/sources/mount_event.h"

#include "keventd/names.h"

#include <gtest/gtest.h>
#include <string>

namespace keventd::test {
namespace {

Mount disk() {
    Mount mount;
    mount.id = 36;
    mount.parent = 22;
    mount.major = 8;
    mount.minor = 17;
    mount.root = "/";
    mount.mountpoint = "/media/stick";
    mount.fstype = "vfat";
    mount.source = "/dev/sdb1";
    mount.options = "rw,nosuid";
    mount.superOptions = "rw,utf8";
    mount.propagation = "shared:4";
    mount.devpath = "/devices/pci0000:00/usb1/block/sdb/sdb1";
    return mount;
}

void expectSame(const Mount& got, const Mount& expected) {
    EXPECT_EQ(got.id, expected.id);
    EXPECT_EQ(got.parent, expected.parent);
    EXPECT_EQ(got.major, expected.major);
    EXPECT_EQ(got.minor, expected.minor);
    EXPECT_EQ(got.root, expected.root);
    EXPECT_EQ(got.mountpoint, expected.mountpoint);
    EXPECT_EQ(got.fstype, expected.fstype);
    EXPECT_EQ(got.source, expected.source);
    EXPECT_EQ(got.options, expected.options);
    EXPECT_EQ(got.superOptions, expected.superOptions);
    EXPECT_EQ(got.propagation, expected.propagation);
    EXPECT_EQ(got.devpath, expected.devpath);
}

TEST(MountEvent, SaysAllOfAMount) {
    const Mount mount = disk();
    const Event event = mountEvent({MountChangeKind::Mounted, nullptr, &mount});
    EXPECT_EQ(event.source, "mount");
    EXPECT_EQ(event.action, "mount");
    EXPECT_EQ(event.subsystem, "mount");
    EXPECT_EQ(event.object, "/devices/pci0000:00/usb1/block/sdb/sdb1");
    EXPECT_EQ(event.flags, 0U);
    EXPECT_EQ(event.properties.size(), 11U);
    EXPECT_EQ(event.properties.find("MOUNTPOINT"), "/media/stick");
    EXPECT_EQ(event.properties.find("FSTYPE"), "vfat");
    EXPECT_EQ(event.properties.find("SOURCE"), "/dev/sdb1");
    EXPECT_EQ(event.properties.find("OPTIONS"), "rw,nosuid");
    EXPECT_EQ(event.properties.find("SUPER_OPTIONS"), "rw,utf8");
    EXPECT_EQ(event.properties.find("ROOT"), "/");
    EXPECT_EQ(event.properties.find("PROPAGATION"), "shared:4");
    EXPECT_EQ(event.properties.find("MOUNT_ID"), "36");
    EXPECT_EQ(event.properties.find("PARENT_ID"), "22");
    EXPECT_EQ(event.properties.find("MAJOR"), "8");
    EXPECT_EQ(event.properties.find("MINOR"), "17");
}

TEST(MountEvent, SaysOfAnUmountWhatItWas) {
    const Mount mount = disk();
    const Event event = mountEvent({MountChangeKind::Umounted, &mount, nullptr});
    EXPECT_EQ(event.action, "umount");
    EXPECT_EQ(event.object, mount.devpath);
    EXPECT_EQ(event.properties.find("MOUNTPOINT"), "/media/stick");
}

TEST(MountEvent, SaysOfAMoveWhereItWas) {
    const Mount before = disk();
    Mount after = before;
    after.mountpoint = "/mnt";
    const Event event = mountEvent({MountChangeKind::Moved, &before, &after});
    EXPECT_EQ(event.action, "move");
    EXPECT_EQ(event.properties.find("MOUNTPOINT"), "/mnt");
    EXPECT_EQ(event.properties.find("MOUNTPOINT_OLD"), "/media/stick");
    EXPECT_FALSE(event.properties.find("PARENT_ID_OLD"));
    EXPECT_FALSE(event.properties.find("OPTIONS_OLD"));
}

TEST(MountEvent, SaysOfARemountWhatItsOptionsWere) {
    const Mount before = disk();
    Mount after = before;
    after.options = "ro,nosuid";
    const Event event = mountEvent({MountChangeKind::Remounted, &before, &after});
    EXPECT_EQ(event.action, "remount");
    EXPECT_EQ(event.properties.find("OPTIONS"), "ro,nosuid");
    EXPECT_EQ(event.properties.find("OPTIONS_OLD"), "rw,nosuid");
    EXPECT_FALSE(event.properties.find("SUPER_OPTIONS_OLD"));
}

TEST(MountEvent, GivesBackTheMount) {
    MountTable table;
    const Event event = presentMount(disk());
    EXPECT_EQ(event.flags, EventFlag::Present);
    applyMountEvent(table, viewOf(event));
    ASSERT_EQ(table.size(), 1U);
    expectSame(*table.find(36), disk());
}

TEST(MountEvent, GivesBackBytesThatTheStreamHasEscaped) {
    Event event = presentMount(disk());
    event.flags |= EventFlag::Escaped;
    event.properties.set("MOUNTPOINT", R"(/\xff\x0a\x5cx41 \x4)");
    event.object = R"(/devices/virtual/block/\xc3)";
    MountTable table;
    applyMountEvent(table, viewOf(event));
    ASSERT_NE(table.find(36), nullptr);
    EXPECT_EQ(table.find(36)->mountpoint, "/\xff\n\\x41 \\x4");
    EXPECT_EQ(table.find(36)->devpath, "/devices/virtual/block/\xc3");
}

TEST(MountEvent, LeavesBackslashesThatNobodyHasEscaped) {
    Mount mount = disk();
    mount.mountpoint = R"(/\x41)";
    MountTable table;
    const Event event = presentMount(mount);
    applyMountEvent(table, viewOf(event));
    EXPECT_EQ(table.find(36)->mountpoint, R"(/\x41)");
}

TEST(MountEvent, LetsATableFollow) {
    MountTable table;
    const Mount before = disk();
    Mount after = before;
    after.mountpoint = "/mnt";
    applyMountEvent(table, viewOf(presentMount(before)));
    applyMountEvent(table, viewOf(mountEvent({MountChangeKind::Moved, &before, &after})));
    EXPECT_EQ(table.find(36)->mountpoint, "/mnt");
    applyMountEvent(table, viewOf(mountEvent({MountChangeKind::Umounted, &after, nullptr})));
    EXPECT_EQ(table.size(), 0U);
}

TEST(MountEvent, OfAnotherSourceChangesNoTable) {
    MountTable table;
    Event event = presentMount(disk());
    event.source = names::source::Kernel;
    applyMountEvent(table, viewOf(event));
    EXPECT_EQ(table.size(), 0U);
}

TEST(MountEvent, WithoutItsNumbersChangesNoTable) {
    for (const char* number : {"MOUNT_ID", "PARENT_ID", "MAJOR", "MINOR"}) {
        MountTable table;
        Event event = presentMount(disk());
        event.properties.set(number, "8x");
        applyMountEvent(table, viewOf(event));
        EXPECT_EQ(table.size(), 0U) << number;
    }
}

} // namespace
} // namespace keventd::test
