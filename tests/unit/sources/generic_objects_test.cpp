// Which device an event of generic netlink is about.

#include "daemon/sources/generic_objects.h"

#include "keventd/names.h"
#include "tests/unit/support/sysfs_tree.h"

#include <gtest/gtest.h>

namespace keventd::test {
namespace {

class GenericObjects : public testing::Test {
protected:
    GenericObjects() {
        tree_.addBusDevice("/devices/LNXSYSTM:00/LNXPWRBN:00", "acpi");
        tree_.addDevice("/devices/virtual/thermal/thermal_zone0", "thermal");
        tree_.addDevice("/devices/virtual/thermal/cooling_device4", "thermal");
        tree_.addLink("/dev/block/7:0", "/devices/virtual/block/loop0");
    }

    [[nodiscard]] std::string objectOf(const char* source, std::initializer_list<Property> properties) const {
        Event event;
        event.source = source;
        for (const Property& property : properties) event.properties.set(property.key, property.value);
        return genericObject(event, tree_.root());
    }

    SysfsTree tree_;
};

TEST_F(GenericObjects, AreFoundByTheirNames) {
    EXPECT_EQ(acpiObject("LNXPWRBN:00", tree_.root()), "/devices/LNXSYSTM:00/LNXPWRBN:00");
    EXPECT_EQ(thermalZoneObject(0, tree_.root()), "/devices/virtual/thermal/thermal_zone0");
    EXPECT_EQ(coolingDeviceObject(4, tree_.root()), "/devices/virtual/thermal/cooling_device4");
    EXPECT_EQ(blockObject(7, 0, tree_.root()), "/devices/virtual/block/loop0");
}

TEST_F(GenericObjects, AreFoundForEvents) {
    EXPECT_EQ(objectOf(names::source::Acpi, {{"ACPI_BUS_ID", "LNXPWRBN:00"}}),
              "/devices/LNXSYSTM:00/LNXPWRBN:00");
    EXPECT_EQ(objectOf(names::source::Thermal, {{"THERMAL_ZONE_ID", "0"}}),
              "/devices/virtual/thermal/thermal_zone0");
    EXPECT_EQ(objectOf(names::source::Thermal, {{"THERMAL_COOLING_DEVICE_ID", "4"}}),
              "/devices/virtual/thermal/cooling_device4");
    EXPECT_EQ(objectOf(names::source::Thermal, {}), "");
    EXPECT_EQ(objectOf(names::source::Quota, {{"MAJOR", "7"}, {"MINOR", "0"}}),
              "/devices/virtual/block/loop0");
}

TEST_F(GenericObjects, AreNoneWhereNothingIsThere) {
    EXPECT_EQ(acpiObject("HEADPHONE", tree_.root()), "");
    EXPECT_EQ(blockObject(0, 42, tree_.root()), ""); // btrfs
    EXPECT_EQ(acpiObject("LNXPWRBN:00", "/nonexistent"), "");
}

TEST_F(GenericObjects, OfTheThermalClassAreKnownWhenTheyHaveGone) {
    EXPECT_EQ(thermalZoneObject(1, tree_.root()), "/devices/virtual/thermal/thermal_zone1");
    EXPECT_EQ(coolingDeviceObject(5, tree_.root()), "/devices/virtual/thermal/cooling_device5");
}

TEST_F(GenericObjects, AreNoneOfNamesThatAreNoNames) {
    tree_.addLink("/bus/acpi/devices/.hidden", "/devices/LNXSYSTM:00");
    for (const char* name :
         {"", ".", "..", ".hidden", "/", "../devices/LNXPWRBN:00", "LNXPWRBN:00/subsystem"})
        EXPECT_EQ(acpiObject(name, tree_.root()), "") << name;
    EXPECT_EQ(acpiObject(std::string(5000, 'a'), tree_.root()), "");
    EXPECT_EQ(acpiObject(std::string_view("LNXPWRBN:00\0x", 13), tree_.root()), "");
}

TEST_F(GenericObjects, AreNoneWhereALinkLeadsElsewhere) {
    tree_.addLink("/bus/acpi/devices/BAD", "/class");
    EXPECT_EQ(acpiObject("BAD", tree_.root()), "");
}

} // namespace
} // namespace keventd::test
