// What was told beside what is there: the kernel's devices, in a sysfs of the test's own.

#include "daemon/stream/comparison.h"

#include "daemon/stream/kernel_subject.h"
#include "keventd/names.h"
#include "tests/unit/stream/sequencer_driver.h"
#include "tests/unit/support/sysfs_tree.h"

#include <gmock/gmock.h>

namespace keventd::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* Disk = "/devices/virtual/block/sda";
constexpr const char* Partition = "/devices/virtual/block/sda/sda1";

class ComparisonTest : public testing::Test {
protected:
    SysfsTree tree_;
    Sysfs sysfs_{tree_.root()};
    DeviceTable table_{sysfs_};
    KernelSubject subject_{sysfs_, table_};
    std::vector<Event> published_;

    static void look(Comparison& comparison) {
        while (!comparison.look(TurnBudget())) {
        }
    }
    void publish(Comparison& comparison) {
        const auto takeUp = [this](const Event& event) {
            table_.apply(event);
            published_.push_back(event);
        };
        while (!comparison.publish(TurnBudget(), takeUp)) {
        }
    }
    void compare() {
        Comparison comparison(subject_);
        look(comparison);
        publish(comparison);
        EXPECT_EQ(comparison.published(), published_.size());
        EXPECT_FALSE(comparison.isInDoubt());
    }
    void tell(const std::string& action, const std::string& devpath) {
        Event event = kernel(11);
        event.action = action;
        event.object = devpath;
        event.subsystem = "block";
        table_.apply(event);
    }
    [[nodiscard]] std::vector<std::string> published() const {
        std::vector<std::string> all;
        for (const Event& event : published_) all.push_back(event.action + " " + event.object);
        return all;
    }
};

/// Of which each piece takes a turn.
class SlowObjects final : public Enumeration {
public:
    explicit SlowObjects(std::unique_ptr<Enumeration> objects) : objects_(std::move(objects)) {}
    bool addNext(std::set<std::string>& objects) override {
        for (const TurnBudget turn(std::chrono::nanoseconds(1)); !turn.isSpent();) {
        }
        return objects_->addNext(objects);
    }

private:
    std::unique_ptr<Enumeration> objects_;
};

class SlowSubject final : public ResyncSubject {
public:
    explicit SlowSubject(const ResyncSubject& subject) : subject_(subject) {}
    [[nodiscard]] const char* source() const override { return subject_.source(); }
    [[nodiscard]] std::unique_ptr<Enumeration> enumerate() const override {
        return std::make_unique<SlowObjects>(subject_.enumerate());
    }
    [[nodiscard]] std::optional<Look> look(const std::string& devpath) const override {
        return subject_.look(devpath);
    }
    [[nodiscard]] Difference compare(const std::string& devpath, const Look& look) const override {
        return subject_.compare(devpath, look);
    }
    [[nodiscard]] bool haveLeft(const Sequencer&, std::uint64_t, bool) const override { return true; }
    [[nodiscard]] std::optional<std::chrono::seconds> patience() const override { return std::nullopt; }
    [[nodiscard]] std::optional<Event> describe(const std::string& devpath,
                                                const char* action) const override {
        return subject_.describe(devpath, action);
    }

private:
    const ResyncSubject& subject_;
};

TEST_F(ComparisonTest, OfWhatIsThereFindsNothing) {
    tree_.addDevice(Disk, "block");
    tree_.addBusDevice("/devices/pci0000:00/0000:00:01.0", "pci");
    table_.walk();
    compare();
    EXPECT_THAT(published_, IsEmpty());
}

TEST_F(ComparisonTest, AddsWhatIsNewParentsFirst) {
    tree_.addDevice(Partition, "block");
    tree_.addDevice(Disk, "block");
    compare();
    EXPECT_THAT(published(), ElementsAre(std::string("add ") + Disk, std::string("add ") + Partition));
    for (const Event& event : published_) {
        EXPECT_EQ(event.source, names::source::Kernel);
        EXPECT_EQ(event.subsystem, "block");
        EXPECT_EQ(event.flags, EventFlag::Resync);
    }
}

TEST_F(ComparisonTest, SaysWhatTheFileOfTheDeviceSays) {
    tree_.addDevice(Disk, "block");
    tree_.write(std::string(Disk) + "/dev", "8:16\n");
    tree_.write(std::string(Disk) + "/uevent", "MAJOR=8\nMINOR=16\nDEVNAME=sda\nDEVTYPE=disk\n");
    compare();
    ASSERT_EQ(published_.size(), 1U);
    const PropertyList& properties = published_.front().properties;
    EXPECT_EQ(properties.find("ACTION"), "add");
    EXPECT_EQ(properties.find("DEVPATH"), Disk);
    EXPECT_EQ(properties.find("SUBSYSTEM"), "block");
    EXPECT_EQ(properties.find("MAJOR"), "8");
    EXPECT_EQ(properties.find("DEVNAME"), "sda");
    EXPECT_EQ(properties.find("DEVTYPE"), "disk");
}

TEST_F(ComparisonTest, RemovesWhatHasGoneChildrenFirst) {
    tree_.addDevice(Disk, "block");
    tree_.addDevice(Partition, "block");
    table_.walk();
    tree_.remove(Disk);
    compare();
    EXPECT_THAT(published(), ElementsAre(std::string("remove ") + Partition, std::string("remove ") + Disk));
    EXPECT_THAT(table_.devices(), IsEmpty());
}

TEST_F(ComparisonTest, RemovesAndAddsWhatIsAnotherOneOfTheSameName) {
    tell("add", Disk); // whose directory is not there: none that comes is the same
    tree_.addDevice(Disk, "block");
    compare();
    EXPECT_THAT(published(), ElementsAre(std::string("remove ") + Disk, std::string("add ") + Disk));
    published_.clear();
    compare();
    EXPECT_THAT(published_, IsEmpty());
}

TEST_F(ComparisonTest, AddsAgainWhatHasStayedBelowWhatIsAnotherOne) {
    tell("add", Disk);
    tree_.addDevice(Disk, "block");
    tree_.addDevice(Partition, "block");
    tell("add", Partition);
    Comparison comparison(subject_);
    look(comparison);
    publish(comparison);
    ASSERT_TRUE(comparison.isInDoubt());
    comparison.lookAgain();
    look(comparison);
    publish(comparison);
    EXPECT_THAT(published(), ElementsAre(std::string("remove ") + Disk, std::string("add ") + Disk,
                                         std::string("add ") + Partition));
}

TEST_F(ComparisonTest, DoesNotRemoveADeviceThatIsAboutToGo) {
    tree_.addDevice(Disk, "block");
    table_.walk();
    tree_.remove(std::string(Disk) + "/uevent");
    compare();
    EXPECT_THAT(published_, IsEmpty());
}

TEST_F(ComparisonTest, LeavesToItsEventWhatWasStillUnderWay) {
    tree_.addDevice(Disk, "block");
    Comparison comparison(subject_);
    look(comparison);
    tell("add", Disk);
    publish(comparison);
    EXPECT_THAT(published_, IsEmpty());
    EXPECT_FALSE(comparison.isInDoubt());
}

TEST_F(ComparisonTest, LooksAgainAtWhatChangesMeanwhile) {
    tree_.addDevice(Disk, "block");
    tree_.addDevice(Partition, "block");
    Comparison comparison(subject_);
    look(comparison);
    tree_.remove(Partition);
    publish(comparison);
    EXPECT_THAT(published(), ElementsAre(std::string("add ") + Disk));
    ASSERT_TRUE(comparison.isInDoubt());

    comparison.lookAgain();
    look(comparison);
    publish(comparison);
    EXPECT_FALSE(comparison.isInDoubt());
    EXPECT_THAT(published(), ElementsAre(std::string("add ") + Disk));
}

TEST_F(ComparisonTest, DoesNotMissHiddenDisks) {
    tree_.addDevice(Disk, "block");
    tree_.write(std::string(Disk) + "/hidden", "1\n");
    compare();
    table_.walk();
    tree_.remove(Disk);
    compare();
    EXPECT_THAT(published_, IsEmpty());
}

TEST_F(ComparisonTest, RemovesNothingThatCannotBeLookedAt) {
    tree_.addDevice(Disk, "block");
    table_.walk();
    tree_.hide("/devices/virtual/block");
    Comparison comparison(subject_);
    look(comparison);
    publish(comparison);
    EXPECT_THAT(published_, IsEmpty());
    ASSERT_TRUE(comparison.isInDoubt());

    tree_.show("/devices/virtual/block");
    comparison.lookAgain();
    look(comparison);
    publish(comparison);
    EXPECT_FALSE(comparison.isInDoubt());
    EXPECT_THAT(published_, IsEmpty());
}

TEST_F(ComparisonTest, DoubtsWhatCannotBeLookedAtTwice) {
    tree_.addDevice(Disk, "block");
    Comparison comparison(subject_);
    look(comparison);
    tree_.hide("/devices/virtual/block");
    publish(comparison);
    EXPECT_THAT(published_, IsEmpty());
    EXPECT_TRUE(comparison.isInDoubt());
}

TEST_F(ComparisonTest, DoubtsWhatHasGoneBeforeItIsDescribed) {
    tree_.addDevice(Disk, "block");
    tree_.remove(std::string(Disk) + "/subsystem"); // goes before the directory does
    Comparison comparison(subject_);
    look(comparison);
    publish(comparison);
    EXPECT_THAT(published_, IsEmpty());
    EXPECT_EQ(comparison.published(), 0U);
    ASSERT_TRUE(comparison.isInDoubt());

    tree_.remove(Disk);
    comparison.lookAgain();
    look(comparison);
    publish(comparison);
    EXPECT_THAT(published_, IsEmpty());
    EXPECT_FALSE(comparison.isInDoubt());
}

TEST_F(ComparisonTest, RemovesNothingWhereSysfsIsNotMounted) {
    tree_.addDevice(Disk, "block");
    table_.walk();
    const Sysfs nothing("/nowhere");
    const KernelSubject subject(nothing, table_);
    Comparison comparison(subject);
    look(comparison);
    publish(comparison);
    EXPECT_THAT(published_, IsEmpty());
}

TEST_F(ComparisonTest, ThatHasNoTimeGoesOnInTheNextTurn) {
    for (const char* name : {"a", "b", "c"}) tree_.addDevice(std::string("/devices/virtual/mem/") + name);
    Comparison comparison(subject_);
    const TurnBudget none(std::chrono::nanoseconds(0));
    EXPECT_FALSE(comparison.look(none));
    look(comparison);
    EXPECT_FALSE(comparison.publish(none, [](const Event&) { FAIL(); }));
    publish(comparison);
    EXPECT_EQ(published_.size(), 3U);
}

TEST_F(ComparisonTest, NamesTheKeysOfAMapThatChangesInPieces) {
    std::map<std::string, int> map;
    for (int i = 100; i < 300; ++i) map["/devices/" + std::to_string(i)] = i;
    KeysInPieces keys(map);
    std::set<std::string> objects;
    ASSERT_TRUE(keys.addNext(objects));
    ASSERT_LT(objects.size(), map.size());
    map.erase(*objects.rbegin()); // where it stands
    map["/devices/3"] = 3;
    while (keys.addNext(objects)) {
    }
    EXPECT_EQ(objects.size(), 201U);
    EXPECT_FALSE(keys.addNext(objects));
}

TEST_F(ComparisonTest, LooksAtAllThatIsFoundInManyTurns) {
    const SlowSubject slow(subject_);
    tell("add", Disk);
    tell("add", "/devices/virtual/block/sdb");
    Comparison comparison(slow);
    int turns = 1;
    while (!comparison.look(TurnBudget(std::chrono::nanoseconds(1)))) ++turns;
    EXPECT_GT(turns, 3) << "classes, buses, and what was told";
    publish(comparison);
    EXPECT_THAT(published(), ElementsAre("remove /devices/virtual/block/sdb", std::string("remove ") + Disk));
}

} // namespace
} // namespace keventd::test
