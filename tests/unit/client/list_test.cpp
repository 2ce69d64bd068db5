#include "client/keventctl/list.h"

#include <gtest/gtest.h>

namespace keventd::ctl {
namespace {

Event device(const std::string& subsystem, const std::string& object, const std::string& key = "",
             const std::string& value = "") {
    Event event;
    event.subsystem = subsystem;
    event.object = object;
    if (!key.empty()) event.properties.set(key, value);
    return event;
}

std::string print(const std::vector<Event>& devices, bool withProperties = false) {
    std::string out;
    appendText(out, devices, withProperties);
    return out;
}

TEST(ListText, AlignsSubsystemHandleAndObject) {
    EXPECT_EQ(print({device("mem", "/devices/virtual/mem/null", "DEVNAME", "/dev/null"),
                     device("net", "/devices/virtual/net/lo", "IFINDEX", "1"),
                     device("cpu", "/devices/system/cpu/cpu0")}),
              "mem  /dev/null  /devices/virtual/mem/null\n"
              "net  ifindex=1  /devices/virtual/net/lo\n"
              "cpu  -          /devices/system/cpu/cpu0\n");
}

TEST(ListText, NamesANodeWithItsDirectoryAlsoIfTheKernelDidNot) {
    EXPECT_EQ(print({device("usb", "/x", "DEVNAME", "bus/usb/001/001")}), "usb  /dev/bus/usb/001/001  /x\n");
}

TEST(ListText, ShowsPropertiesBelowTheirDevice) {
    EXPECT_EQ(print({device("mem", "/a", "DEVNAME", "/dev/a"), device("cpu", "/b")}, true),
              "mem  /dev/a  /a\n"
              "    DEVNAME=/dev/a\n"
              "cpu  -       /b\n");
}

TEST(ListText, ShowsNothingOfNoDevice) {
    EXPECT_EQ(print({}), "");
}

} // namespace
} // namespace keventd::ctl
