#include "client/keventctl/filters.h"

#include "client/keventctl/usage_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace keventd::ctl {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string errorOf(const std::vector<std::string>& arguments) {
    try {
        (void)parseFilters(arguments);
    } catch (const UsageError& error) {
        return error.what();
    }
    return {};
}

TEST(Filters, AreEmptyWithoutArguments) {
    const EventFilter filter = parseFilters({});
    EXPECT_THAT(filter.sources, IsEmpty());
    EXPECT_THAT(filter.properties, IsEmpty());
}

TEST(Filters, KnowTheFieldsOfAnEvent) {
    const EventFilter filter = parseFilters(
        {"source=udev", "subsystem=block", "action=add", "object=/devices/pci*", "attribute=carrier"});
    EXPECT_THAT(filter.sources, ElementsAre("udev"));
    EXPECT_THAT(filter.subsystems, ElementsAre("block"));
    EXPECT_THAT(filter.actions, ElementsAre("add"));
    EXPECT_THAT(filter.objects, ElementsAre("/devices/pci*"));
    EXPECT_THAT(filter.attributes, ElementsAre("carrier"));
    EXPECT_THAT(filter.properties, IsEmpty());
}

TEST(Filters, TakeAnyOtherKeyForAProperty) {
    EXPECT_THAT(parseFilters({"ID_BUS=usb"}).properties, ElementsAre("ID_BUS=usb"));
}

TEST(Filters, SplitAlternativesAtCommas) {
    EXPECT_THAT(parseFilters({"action=add,remove,ch*"}).actions, ElementsAre("add", "remove", "ch*"));
}

TEST(Filters, RepeatTheKeyForEachAlternativeOfAProperty) {
    EXPECT_THAT(parseFilters({"ID_BUS=usb,ata"}).properties, ElementsAre("ID_BUS=usb", "ID_BUS=ata"));
}

TEST(Filters, KeepAQuotedCommaInTheGlob) {
    EXPECT_THAT(parseFilters({"ID_MODEL=a\\,b,c"}).properties, ElementsAre("ID_MODEL=a\\,b", "ID_MODEL=c"));
}

TEST(Filters, SplitBehindAQuotedBackslash) {
    EXPECT_THAT(parseFilters({"object=a\\\\,b"}).objects, ElementsAre("a\\\\", "b"));
}

TEST(Filters, EndTheKeyAtTheFirstEqualsSign) {
    EXPECT_THAT(parseFilters({"OPTIONS=a=b"}).properties, ElementsAre("OPTIONS=a=b"));
}

TEST(Filters, AreRefusedByNameWithoutAnEqualsSign) {
    EXPECT_EQ(errorOf({"action=add", "block"}), "filter 'block': not KEY=GLOB");
}

TEST(Filters, AreRefusedByNameWithAnEmptyKey) {
    EXPECT_EQ(errorOf({"=add"}), "filter '=add': empty key");
}

TEST(Filters, AreRefusedByNameWithAnEmptyGlob) {
    EXPECT_EQ(errorOf({"action="}), "filter 'action=': empty glob");
    EXPECT_EQ(errorOf({"action=add,,remove"}), "filter 'action=add,,remove': empty glob");
    EXPECT_EQ(errorOf({"ID_BUS=usb,"}), "filter 'ID_BUS=usb,': empty glob");
}

TEST(Filters, AreRefusedIfAKeyComesTwice) {
    EXPECT_EQ(errorOf({"action=add", "action=remove"}),
              "filter 'action=remove': action was given before; write action=A,B for either");
}

TEST(DeviceFilters, AreOfSubsystemObjectAndProperties) {
    const EventFilter filter = parseDeviceFilters({"subsystem=block", "object=*", "ID_FS_LABEL=backup"});
    EXPECT_THAT(filter.subsystems, ElementsAre("block"));
    EXPECT_THAT(filter.objects, ElementsAre("*"));
    EXPECT_THAT(filter.properties, ElementsAre("ID_FS_LABEL=backup"));
}

TEST(DeviceFilters, AreRefusedByNameIfTheySayNothingOfADevice) {
    for (const std::string key : {"source", "action", "attribute"}) {
        try {
            static_cast<void>(parseDeviceFilters({"subsystem=mem", key + "=x,y"}));
            ADD_FAILURE() << key;
        } catch (const UsageError& error) {
            EXPECT_EQ(error.what(), "filter '" + key + "=x,y': a device has no " + key);
        }
    }
}

} // namespace
} // namespace keventd::ctl
