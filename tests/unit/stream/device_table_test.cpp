// The devices as of the last event.

#include "daemon/stream/device_table.h"

#include "tests/unit/support/events.h"
#include "tests/unit/support/sysfs_tree.h"

#include <gmock/gmock.h>
#include <sys/sysmacros.h>

namespace keventd::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* Disk = "/devices/virtual/block/sda";
constexpr const char* Partition = "/devices/virtual/block/sda/sda1";

class DeviceTableTest : public testing::Test {
protected:
    SysfsTree tree_;
    Sysfs sysfs_{tree_.root()};
    DeviceTable table_{sysfs_};

    void apply(const std::string& action, const std::string& devpath, std::uint32_t flags = 0) {
        table_.apply(event(action, devpath, flags));
    }
    void applyMove(const std::string& from, const std::string& to) {
        Event moved = event("move", to);
        moved.properties.set("DEVPATH_OLD", from);
        table_.apply(moved);
    }
    [[nodiscard]] static Event event(const std::string& action, const std::string& devpath,
                                     std::uint32_t flags = 0) {
        Event event = kernel(11);
        event.action = action;
        event.object = devpath;
        event.subsystem = "block";
        event.flags = flags;
        return event;
    }
    [[nodiscard]] std::vector<std::string> devpaths() const {
        std::vector<std::string> all;
        for (const auto& [devpath, device] : table_.devices()) all.push_back(devpath);
        return all;
    }
};

TEST_F(DeviceTableTest, BeginsWithWhatSysfsShows) {
    tree_.addDevice(Disk, "block");
    table_.walk();
    EXPECT_THAT(devpaths(), ElementsAre(Disk));
    EXPECT_EQ(table_.devices().at(Disk).subsystem, "block");
}

TEST_F(DeviceTableTest, TakesUpADeviceWithWhatItsEventSays) {
    tree_.addDevice(Disk, "block");
    Event added = event("add", Disk);
    added.properties.set("DEVNAME", "sda");
    added.properties.set("MAJOR", "8");
    added.properties.set("MINOR", "16");
    table_.apply(added);
    const Device expected{
        .subsystem = "block", .devname = "sda", .devnum = makedev(8, 16), .inode = tree_.inodeOf(Disk)};
    EXPECT_EQ(table_.devices().at(Disk), expected);
}

TEST_F(DeviceTableTest, KeepsTheIndexOfAnInterface) {
    Event added = event("add", "/devices/virtual/net/veth0");
    added.properties.set("IFINDEX", "7");
    table_.apply(added);
    EXPECT_EQ(table_.devices().at("/devices/virtual/net/veth0").ifindex, 7U);
}

TEST_F(DeviceTableTest, KeepsADeviceThatSysfsHasNoMoreUntilTheStreamSaysSo) {
    apply("add", Disk);
    EXPECT_THAT(devpaths(), ElementsAre(Disk));
    EXPECT_EQ(table_.devices().at(Disk).inode, 0U);
    apply("remove", Disk);
    EXPECT_THAT(devpaths(), IsEmpty());
}

TEST_F(DeviceTableTest, NoticesThatADeviceWasReplacedByAnotherOfItsName) {
    tree_.addDevice(Disk, "block");
    table_.walk();
    const ino_t before = table_.devices().at(Disk).inode;
    tree_.remove(Disk);
    tree_.addDirectory("/devices/virtual/block/other"); // takes the inode that has become free
    tree_.addDirectory(Disk);
    tree_.write(std::string(Disk) + "/uevent", "");
    apply("add", Disk);
    EXPECT_NE(table_.devices().at(Disk).inode, before);
}

TEST_F(DeviceTableTest, RemovesWhatIsBelowADeviceWithIt) {
    for (const char* devpath : {Disk, Partition, "/devices/virtual/block/sda-other"}) apply("add", devpath);
    apply("remove", Disk);
    EXPECT_THAT(devpaths(), ElementsAre("/devices/virtual/block/sda-other"));
}

TEST_F(DeviceTableTest, MovesWhatIsBelowADeviceWithIt) {
    for (const char* devpath : {Disk, Partition, "/devices/virtual/block/sda-other"}) apply("add", devpath);
    applyMove(Disk, "/devices/virtual/block/sdz");
    EXPECT_THAT(devpaths(), ElementsAre("/devices/virtual/block/sda-other", "/devices/virtual/block/sdz",
                                        "/devices/virtual/block/sdz/sda1"));
}

TEST_F(DeviceTableTest, TakesADeviceThatMovesFromNowhereForANewOne) {
    apply("add", Partition);
    applyMove("", Disk);
    EXPECT_THAT(devpaths(), ElementsAre(Disk, Partition));
}

TEST_F(DeviceTableTest, TakesUpADeviceThatIsFirstHeardOfWhenItChanges) {
    apply("change", Disk);
    EXPECT_THAT(devpaths(), ElementsAre(Disk));
}

TEST_F(DeviceTableTest, TakesNoOtherObjectForADevice) {
    tree_.addDirectory("/devices/virtual/net/veth0/queues/rx-0");
    apply("add", "/devices/virtual/net/veth0/queues/rx-0");
    apply("add", "/module/loop");
    apply("add", "/bus/pci/drivers/ahci");
    EXPECT_THAT(devpaths(), IsEmpty());
}

TEST_F(DeviceTableTest, BelievesNoProcessThatADeviceHasGone) {
    tree_.addDevice(Disk, "block");
    table_.walk();
    apply("remove", Disk, EventFlag::Synthetic);
    apply("remove", Disk, EventFlag::Injected);
    EXPECT_THAT(devpaths(), ElementsAre(Disk));
}

TEST_F(DeviceTableTest, KeepsADeviceThatAProcessNamesWhenSysfsCannotBeAsked) {
    tree_.addDevice(Disk, "block");
    table_.walk();
    tree_.hide("/devices/virtual/block");
    apply("remove", Disk, EventFlag::Synthetic);
    EXPECT_THAT(devpaths(), ElementsAre(Disk));
    tree_.show("/devices/virtual/block");
    tree_.remove(Disk);
    apply("remove", Disk, EventFlag::Synthetic);
    EXPECT_THAT(devpaths(), IsEmpty());
}

TEST_F(DeviceTableTest, BelievesNoProcessThatADeviceHasCome) {
    apply("add", Disk, EventFlag::Injected);
    EXPECT_THAT(devpaths(), IsEmpty());
}

TEST_F(DeviceTableTest, TakesUpAnUnknownDeviceThatAProcessNames) {
    tree_.addDevice(Disk, "block");
    apply("change", Disk, EventFlag::Synthetic);
    EXPECT_EQ(table_.devices().at(Disk).subsystem, "block");
}

TEST_F(DeviceTableTest, HearsOnlyTheKernel) {
    Event added = event("add", Disk);
    added.source = "udev";
    table_.apply(added);
    EXPECT_THAT(devpaths(), IsEmpty());
}

} // namespace
} // namespace keventd::test
