// What a device is, and what is read of it.

#include "daemon/sources/sysfs.h"

#include "tests/unit/support/sysfs_tree.h"

#include <gtest/gtest.h>
#include <map>
#include <set>
#include <sys/sysmacros.h>

namespace keventd::test {
namespace {

class SysfsTest : public testing::Test {
protected:
    SysfsTree tree_;
    Sysfs sysfs_{tree_.root()};

    [[nodiscard]] std::map<std::string, Device> all() const {
        std::map<std::string, Device> devices;
        sysfs_.visitAll(
            [&](std::string devpath, Device device) { devices.emplace(devpath, std::move(device)); });
        return devices;
    }
};

TEST_F(SysfsTest, KnowsADeviceByItsClass) {
    tree_.addDevice("/devices/virtual/mem/null");
    const auto device = sysfs_.find("/devices/virtual/mem/null");
    ASSERT_TRUE(device);
    EXPECT_EQ(device->subsystem, "mem");
    EXPECT_EQ(device->inode, tree_.inodeOf("/devices/virtual/mem/null"));
}

TEST_F(SysfsTest, ReadsNumberAndNameOfTheNode) {
    tree_.addDevice("/devices/virtual/mem/null");
    tree_.write("/devices/virtual/mem/null/dev", "1:3\n");
    tree_.write("/devices/virtual/mem/null/uevent", "MAJOR=1\nMINOR=3\nDEVNAME=null\nDEVMODE=0666\n");
    const auto device = sysfs_.find("/devices/virtual/mem/null");
    ASSERT_TRUE(device);
    EXPECT_EQ(device->devnum, makedev(1, 3));
    EXPECT_EQ(device->devname, "null");
}

TEST_F(SysfsTest, ReadsNoUeventFileOfADeviceWithoutANode) {
    tree_.addDevice("/devices/virtual/power_supply/BAT0", "power_supply");
    tree_.write("/devices/virtual/power_supply/BAT0/uevent", "DEVNAME=asked-the-hardware\n");
    EXPECT_EQ(sysfs_.find("/devices/virtual/power_supply/BAT0")->devname, "");
}

TEST_F(SysfsTest, ReadsTheIndexOfAnInterface) {
    tree_.addDevice("/devices/virtual/net/lo", "net");
    tree_.write("/devices/virtual/net/lo/ifindex", "1\n");
    EXPECT_EQ(sysfs_.find("/devices/virtual/net/lo")->ifindex, 1U);
}

TEST_F(SysfsTest, FindsNothingWhereNothingIs) {
    EXPECT_FALSE(sysfs_.find("/devices/virtual/mem/null"));
    EXPECT_EQ(sysfs_.look("/devices/virtual/mem/null").kind, Sysfs::Kind::Nothing);
}

TEST_F(SysfsTest, TakesNoOtherDirectoryForADevice) {
    tree_.addDirectory("/devices/virtual/net/lo/queues/rx-0");
    EXPECT_FALSE(sysfs_.find("/devices/virtual/net/lo/queues/rx-0"));
    EXPECT_EQ(sysfs_.look("/devices/virtual/net/lo/queues/rx-0").kind, Sysfs::Kind::Other);
}

TEST_F(SysfsTest, TakesNoHiddenDiskForADevice) {
    const std::string path = "/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0c0n1";
    tree_.addDevice(path, "block");
    tree_.write(path + "/hidden", "0\n");
    EXPECT_TRUE(sysfs_.find(path));
    EXPECT_EQ(all().size(), 1U);
    tree_.write(path + "/hidden", "1\n");
    EXPECT_FALSE(sysfs_.find(path));
    EXPECT_EQ(sysfs_.look(path).kind, Sysfs::Kind::Other);
    EXPECT_TRUE(all().empty());
}

TEST_F(SysfsTest, HidesNothingButDisks) {
    tree_.addDevice("/devices/virtual/mem/null");
    tree_.write("/devices/virtual/mem/null/hidden", "1\n");
    EXPECT_EQ(sysfs_.look("/devices/virtual/mem/null").kind, Sysfs::Kind::Device);
}

TEST_F(SysfsTest, TakesNoErrorForAbsence) {
    tree_.addDevice("/devices/virtual/mem/null");
    tree_.hide("/devices/virtual/mem");
    EXPECT_FALSE(sysfs_.find("/devices/virtual/mem/null"));
    EXPECT_EQ(sysfs_.look("/devices/virtual/mem/null").kind, Sysfs::Kind::Unknown);
    tree_.show("/devices/virtual/mem");
    EXPECT_EQ(sysfs_.look("/devices/virtual/mem/null").kind, Sysfs::Kind::Device);
}

TEST_F(SysfsTest, FindsNoDeviceOfWhichItCannotReadAll) {
    tree_.addDevice("/devices/virtual/mem/null");
    tree_.addDirectory("/devices/virtual/mem/null/dev"); // EISDIR
    EXPECT_FALSE(sysfs_.find("/devices/virtual/mem/null"));
    EXPECT_EQ(sysfs_.look("/devices/virtual/mem/null").kind, Sysfs::Kind::Device);
}

TEST_F(SysfsTest, VisitsDevicesOfClassesAndBuses) {
    tree_.addDevice("/devices/virtual/mem/null");
    tree_.addBusDevice("/devices/pci0000:00/0000:00:01.0", "pci");
    const auto devices = all();
    ASSERT_EQ(devices.size(), 2U);
    EXPECT_EQ(devices.at("/devices/virtual/mem/null").subsystem, "mem");
    EXPECT_EQ(devices.at("/devices/pci0000:00/0000:00:01.0").subsystem, "pci");
}

TEST_F(SysfsTest, IsWalkedADeviceAtATime) {
    for (const char* name : {"full", "null", "zero"})
        tree_.addDevice(std::string("/devices/virtual/mem/") + name);
    tree_.addBusDevice("/devices/pci0000:00/0000:00:01.0", "pci");
    std::size_t inStep = 0;
    std::map<std::string, std::string> met;
    const auto meet = [&](std::string devpath, const std::string& subsystem) {
        ++inStep;
        met.emplace(std::move(devpath), subsystem);
    };
    SysfsWalk walk = sysfs_.walk();
    for (bool goesOn = true; goesOn; inStep = 0) {
        goesOn = walk.step(meet);
        EXPECT_LE(inStep, 1U);
    }
    EXPECT_EQ(met.size(), 4U);
    EXPECT_EQ(met["/devices/virtual/mem/zero"], "mem");
    EXPECT_EQ(met["/devices/pci0000:00/0000:00:01.0"], "pci");
    EXPECT_FALSE(walk.step(meet));
}

TEST_F(SysfsTest, IsWalkedToItsEndWhileAClassGoes) {
    tree_.addDevice("/devices/virtual/mem/null");
    tree_.addBusDevice("/devices/pci0000:00/0000:00:01.0", "pci");
    std::set<std::string> met;
    SysfsWalk walk = sysfs_.walk();
    const auto meet = [&](std::string devpath, const std::string&) { met.insert(std::move(devpath)); };
    ASSERT_TRUE(walk.step(meet));
    tree_.remove("/class/mem");
    while (walk.step(meet)) {
    }
    EXPECT_EQ(met, std::set<std::string>{"/devices/pci0000:00/0000:00:01.0"});
}

TEST_F(SysfsTest, PassesOverFilesOfAClass) {
    tree_.addDevice("/devices/virtual/net/lo", "net");
    tree_.write("/class/net/bonding_masters", "");
    EXPECT_EQ(all().size(), 1U);
}

TEST_F(SysfsTest, PassesOverLinksToWhatHasGone) {
    tree_.addDevice("/devices/virtual/net/lo", "net");
    tree_.remove("/devices/virtual/net/lo");
    EXPECT_TRUE(all().empty());
}

TEST_F(SysfsTest, PassesOverLinesThatAreNoProperties) {
    tree_.addDevice("/devices/virtual/mem/null");
    tree_.write("/devices/virtual/mem/null/uevent", "MAJOR=1\n=no key\nno equal sign\n\nEMPTY=\nMINOR=3");
    const PropertyList properties = sysfs_.properties("/devices/virtual/mem/null");
    EXPECT_EQ(properties.size(), 3U);
    EXPECT_EQ(properties.find("MAJOR"), "1");
    EXPECT_EQ(properties.find("EMPTY"), "");
    EXPECT_EQ(properties.find("MINOR"), "3");
}

TEST(Sysfs, HasNoDevicesWhereItIsNotMounted) {
    const Sysfs sysfs("/nowhere");
    EXPECT_FALSE(sysfs.find("/devices/virtual/mem/null"));
    sysfs.visitAll([](const std::string& devpath, const Device&) { ADD_FAILURE() << devpath; });
}

TEST(Sysfs, SaysOfNoDeviceThatItHasGoneWhereItIsNotMounted) {
    const TemporaryDirectory empty;
    for (const char* root : {"/nowhere", empty.path().c_str()})
        EXPECT_EQ(Sysfs(root).look("/devices/virtual/mem/null").kind, Sysfs::Kind::Unknown) << root;
}

} // namespace
} // namespace keventd::test
