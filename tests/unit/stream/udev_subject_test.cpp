// What udev's events have told beside the records of udevd.

#include "daemon/stream/udev_subject.h"

#include "keventd/names.h"
#include "tests/support/temporary_directory.h"
#include "tests/unit/stream/sequencer_driver.h"
#include "tests/unit/support/sysfs_tree.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/sysmacros.h>

namespace keventd::test {
namespace {

using Difference = ResyncSubject::Difference;

constexpr const char* Disk = "/devices/virtual/block/sda";
constexpr const char* DiskRecord = "b8:16";

class UdevSubjectTest : public testing::Test {
protected:
    UdevSubjectTest() {
        std::filesystem::create_directory(run_.file("data"));
        tree_.addDevice(Disk, "block");
        tree_.write(std::string(Disk) + "/dev", "8:16\n");
        tree_.write(std::string(Disk) + "/uevent", "DEVNAME=sda\n");
        devices_.walk();
    }

    TemporaryDirectory run_;
    SysfsTree tree_;
    Sysfs sysfs_{tree_.root()};
    DeviceTable devices_{sysfs_};
    UdevRecords records_{run_.path().string()};
    UdevTable table_;
    UdevSubject subject_{sysfs_, devices_, table_, records_};

    void writeRecord(const std::string& name) { std::ofstream(run_.file("data/" + name)) << "I:1\n"; }
    void tell(const std::string& action, std::chrono::microseconds readAt) {
        Event event = udev(11);
        event.action = action;
        event.object = Disk;
        event.subsystem = "block";
        event.realtime = readAt;
        event.properties.set("DEVNAME", "/dev/sda");
        table_.apply(event);
    }
    [[nodiscard]] std::chrono::microseconds writtenAt() const {
        return *records_.writtenAt(Disk, devices_.devices().at(Disk));
    }
    [[nodiscard]] Difference differenceOf(const std::string& devpath) const {
        return subject_.compare(devpath, subject_.look(devpath).value());
    }
    [[nodiscard]] Difference difference() const { return differenceOf(Disk); }
};

TEST_F(UdevSubjectTest, SaysNothingOfADeviceWithoutARecord) {
    EXPECT_EQ(difference(), Difference::None);
    tell("add", std::chrono::microseconds(1));
    EXPECT_EQ(difference(), Difference::None);
}

TEST_F(UdevSubjectTest, FindsARecordOfWhichNoEventHasTold) {
    writeRecord(DiskRecord);
    EXPECT_EQ(difference(), Difference::New);
}

TEST_F(UdevSubjectTest, FindsARecordThatWasWrittenAfterItsEvent) {
    writeRecord(DiskRecord);
    tell("add", writtenAt());
    EXPECT_EQ(difference(), Difference::None);
    tell("add", writtenAt() - std::chrono::microseconds(1));
    EXPECT_EQ(difference(), Difference::Changed);
}

TEST_F(UdevSubjectTest, FindsADeviceThatHasGone) {
    writeRecord(DiskRecord);
    tell("add", writtenAt());
    tree_.remove(Disk);
    EXPECT_EQ(difference(), Difference::Gone);
    const Event gone = subject_.describe(Disk, names::action::Remove).value();
    EXPECT_EQ(gone.source, names::source::Udev);
    EXPECT_EQ(gone.action, "remove");
    EXPECT_EQ(gone.subsystem, "block");
    EXPECT_EQ(gone.flags, EventFlag::Resync);
    EXPECT_EQ(gone.properties.find("ACTION"), "remove");
    EXPECT_EQ(gone.properties.find("DEVNAME"), "/dev/sda");
    tell("remove", std::chrono::microseconds(1));
    EXPECT_EQ(difference(), Difference::None);
}

// The tree of the test has it, libudev's sysfs has not.
TEST_F(UdevSubjectTest, DescribesNothingThatHasGoneMeanwhile) {
    writeRecord(DiskRecord);
    ASSERT_EQ(difference(), Difference::New);
    EXPECT_FALSE(subject_.describe(Disk, names::action::Add));
}

TEST_F(UdevSubjectTest, SaysNothingOfADeviceThatCannotBeLookedAt) {
    writeRecord(DiskRecord);
    tell("add", writtenAt());
    tree_.hide("/devices/virtual/block");
    EXPECT_FALSE(subject_.look(Disk));
    tree_.show("/devices/virtual/block");
    EXPECT_TRUE(subject_.look(Disk));
}

TEST_F(UdevSubjectTest, SaysNothingOfADeviceWhoseRecordCannotBeLookedAt) {
    std::filesystem::create_symlink(DiskRecord, run_.file(std::string("data/") + DiskRecord));
    EXPECT_FALSE(records_.writtenAt(Disk, devices_.devices().at(Disk)));
    EXPECT_FALSE(subject_.look(Disk));
    table_.begin(devices_, records_);
    EXPECT_TRUE(table_.devices().empty());
}

TEST_F(UdevSubjectTest, DoesNotMissWhatIsNoDevice) {
    const std::string queue = "/devices/virtual/net/one/queues/rx-0";
    tree_.addDirectory(queue);
    Event event = udev(11);
    event.action = "add";
    event.object = queue;
    table_.apply(event);
    EXPECT_EQ(differenceOf(queue), Difference::None);
}

TEST_F(UdevSubjectTest, KnowsThatWhatIsBelowADeviceMovesAndGoesWithIt) {
    const std::string before = "/devices/virtual/net/one";
    const std::string after = "/devices/virtual/net/two";
    const auto apply = [this](const std::string& action, const std::string& devpath,
                              const std::string& from) {
        Event event = udev(11);
        event.action = action;
        event.object = devpath;
        if (!from.empty()) event.properties.set("DEVPATH_OLD", from);
        table_.apply(event);
    };
    apply("add", before, "");
    apply("add", before + "/queues/rx-0", "");
    apply("move", after, before);
    EXPECT_EQ(table_.devices().size(), 2U);
    EXPECT_TRUE(table_.devices().contains(after + "/queues/rx-0"));
    apply("remove", after, "");
    EXPECT_TRUE(table_.devices().empty());
}

TEST_F(UdevSubjectTest, BeginsWithTheRecordsThatAreThere) {
    writeRecord(DiskRecord);
    table_.begin(devices_, records_);
    EXPECT_EQ(difference(), Difference::None);
    EXPECT_EQ(table_.devices().at(Disk).devname, "/dev/sda");
}

TEST_F(UdevSubjectTest, KnowsTheNamesOfRecords) {
    Device device;
    device.subsystem = "net";
    device.ifindex = 7;
    const auto isWritten = [this](const std::string& devpath, const Device& of) {
        return records_.writtenAt(devpath, of) > UdevRecords::NoRecord;
    };
    EXPECT_FALSE(isWritten("/devices/virtual/net/one", device));
    writeRecord("n7");
    EXPECT_TRUE(isWritten("/devices/virtual/net/one", device));
    writeRecord("+usb:1-1");
    EXPECT_TRUE(isWritten("/devices/pci0000:00/usb1/1-1", {.subsystem = "usb"}));
    writeRecord("c1:3");
    EXPECT_TRUE(isWritten("/devices/virtual/mem/null", {.subsystem = "mem", .devnum = makedev(1, 3)}));
}

TEST_F(UdevSubjectTest, WaitsForUdevd) {
    Sequencer sequencer({}, [](Event&) {});
    EXPECT_TRUE(subject_.haveLeft(sequencer, 0, true));
    EXPECT_FALSE(subject_.haveLeft(sequencer, 0, false));
    std::ofstream(run_.file("queue")) << "";
    EXPECT_FALSE(subject_.haveLeft(sequencer, 0, true));
}

} // namespace
} // namespace keventd::test
