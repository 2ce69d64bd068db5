// The tables of devices, as the next daemon finds them.

#include "daemon/stream/device_log.h"

#include "keventd/names.h"
#include "tests/unit/stream/intake_memory.h"
#include "tests/unit/support/events.h"

#include <memory>

namespace keventd::test {
namespace {

/// The tables of one daemon, and their log.
struct Tables {
    explicit Tables(RecordLog records) : log(std::move(records), devices, udevDevices, objects) {}

    /// As the stream does.
    void apply(const Event& event, std::uint64_t id) {
        log.makeRoom();
        if (devices.apply(event)) log.noteDevice(event, id);
        if (udevDevices.apply(event)) log.noteUdevDevice(event, id);
        if (objects.apply(event)) log.noteObject(event, id);
    }

    Sysfs sysfs{"/nonexistent"};
    DeviceTable devices{sysfs};
    UdevTable udevDevices;
    ToldObjects objects;
    DeviceLog log;
};

Event ofDevice(Event event, const char* action, const std::string& devpath) {
    event.action = action;
    event.object = devpath;
    event.subsystem = "net";
    event.properties.set("IFINDEX", "7");
    event.properties.set("MAJOR", "1");
    event.properties.set("MINOR", "3");
    event.properties.set("DEVNAME", "null");
    event.realtime = std::chrono::microseconds(event.seqnum);
    return event;
}

Event moved(Event event, const std::string& from, const std::string& to) {
    event = ofDevice(std::move(event), "move", to);
    event.properties.set("DEVPATH_OLD", from);
    return event;
}

class DeviceLogTest : public testing::Test {
protected:
    DeviceLogTest() { tables_->log.begin(); }

    void apply(const Event& event) { tables_->apply(event, id_++); }

    void expectSame(const Tables& next) const {
        EXPECT_EQ(next.devices.devices(), tables_->devices.devices());
        const auto& expected = tables_->udevDevices.devices();
        ASSERT_EQ(next.udevDevices.devices().size(), expected.size());
        for (const auto& [devpath, entry] : next.udevDevices.devices()) {
            ASSERT_TRUE(expected.contains(devpath)) << devpath;
            EXPECT_EQ(entry.readAt, expected.at(devpath).readAt);
            EXPECT_EQ(entry.devname, expected.at(devpath).devname);
            EXPECT_EQ(entry.subsystem, expected.at(devpath).subsystem);
        }
    }
    void expectSameInTheNextDaemon() const {
        Tables next(memory_.reopened());
        ASSERT_TRUE(next.log.restore(id_));
        expectSame(next);
    }

    LogMemory memory_{4 * RecordArea::MinBytes};
    std::unique_ptr<Tables> tables_ = std::make_unique<Tables>(memory_.empty());
    std::uint64_t id_ = 1;
};

TEST_F(DeviceLogTest, HoldsNothingBeforeItHasBegun) {
    const LogMemory memory;
    const RecordLog made = memory.empty();
    Tables next(memory.reopened());
    EXPECT_FALSE(next.log.restore(1));
}

TEST_F(DeviceLogTest, HoldsWhatTheTablesHeldWhenItBegan) {
    tables_->devices.put("/devices/a", {.subsystem = "mem", .devname = "null", .devnum = 259, .inode = 77});
    tables_->udevDevices.put("/devices/a", {std::chrono::microseconds(9), "mem", "/dev/null"});
    tables_->log.begin();
    expectSameInTheNextDaemon();
}

TEST_F(DeviceLogTest, HoldsWhatEventsHaveChangedSince) {
    apply(ofDevice(kernel(1), "add", "/devices/a"));
    apply(ofDevice(udev(1), "add", "/devices/a"));
    apply(ofDevice(kernel(2), "add", "/devices/a/b"));
    apply(ofDevice(kernel(3), "add", "/devices/c"));
    apply(ofDevice(kernel(4), "remove", "/devices/c"));
    apply(ofDevice(udev(5), "change", "/devices/a"));
    EXPECT_EQ(tables_->devices.devices().size(), 2U);
    expectSameInTheNextDaemon();
}

TEST_F(DeviceLogTest, HoldsWhatTheHotplugHelperSawOfTheKernelsDevices) {
    const auto early = [](std::uint64_t seqnum) {
        Event event = kernel(seqnum);
        event.source = names::source::Hotplug;
        return event;
    };
    apply(ofDevice(early(1), "add", "/devices/a"));
    apply(ofDevice(early(2), "add", "/devices/a/b"));
    apply(ofDevice(early(3), "add", "/devices/c"));
    apply(ofDevice(early(4), "remove", "/devices/c"));
    apply(moved(early(5), "/devices/a", "/devices/z"));
    EXPECT_EQ(tables_->devices.devices().size(), 2U);
    expectSameInTheNextDaemon();
}

TEST_F(DeviceLogTest, HoldsWhatHasMovedWithAllBelowIt) {
    apply(ofDevice(kernel(1), "add", "/devices/a"));
    apply(ofDevice(udev(1), "add", "/devices/a"));
    apply(ofDevice(kernel(2), "add", "/devices/a/b"));
    apply(ofDevice(udev(2), "add", "/devices/a/b"));
    apply(moved(kernel(3), "/devices/a", "/devices/z"));
    apply(moved(udev(3), "/devices/a", "/devices/z"));
    EXPECT_TRUE(tables_->devices.devices().contains("/devices/z/b"));
    expectSameInTheNextDaemon();
}

TEST_F(DeviceLogTest, LeavesOutWhatAnEventHasChangedThatIsNotInTheHistory) {
    apply(ofDevice(kernel(1), "add", "/devices/a"));
    Tables killed(memory_.reopened());
    ASSERT_TRUE(killed.log.restore(id_));
    killed.apply(ofDevice(kernel(2), "add", "/devices/b"), id_);
    expectSameInTheNextDaemon();
}

// What was left out must not be taken up later, when another event has its id.
TEST_F(DeviceLogTest, ForgetsWhatItHasLeftOut) {
    {
        Tables killed(memory_.reopened());
        ASSERT_TRUE(killed.log.restore(id_));
        killed.apply(ofDevice(kernel(2), "add", "/devices/b"), id_);
    }
    Tables next(memory_.reopened());
    ASSERT_TRUE(next.log.restore(id_));
    next.apply(ofDevice(kernel(3), "add", "/devices/c"), id_);
    Tables last(memory_.reopened());
    ASSERT_TRUE(last.log.restore(id_ + 1));
    EXPECT_EQ(last.devices.devices(), next.devices.devices());
    EXPECT_FALSE(last.devices.devices().contains("/devices/b"));
}

TEST_F(DeviceLogTest, IsWrittenAnewWhenItHasFilledItsMemory) {
    apply(ofDevice(kernel(1), "add", "/devices/a"));
    for (int i = 0; i < 10'000; ++i) {
        apply(ofDevice(kernel(id_), "add", "/devices/b"));
        apply(ofDevice(kernel(id_), "remove", "/devices/b"));
    }
    expectSameInTheNextDaemon();
}

TEST_F(DeviceLogTest, HoldsNothingOfDevicesForWhichThereIsNoRoom) {
    for (int i = 0; i < 20'000; ++i) apply(ofDevice(kernel(id_), "add", "/devices/" + std::to_string(i)));
    Tables next(memory_.reopened());
    EXPECT_FALSE(next.log.restore(id_));
    EXPECT_TRUE(next.devices.devices().empty());
}

} // namespace
} // namespace keventd::test
