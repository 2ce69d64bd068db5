// Notifications of ACPI: as a kernel sent them, and as none does.

#include "daemon/sources/acpi_message.h"

#include "tests/unit/sources/generic_bytes.h"
#include "tests/unit/sources/recorded_messages.h"

namespace keventd::test {
namespace {

constexpr std::uint16_t Family = 0x17;

std::string notification(std::string deviceClass, std::string busId) {
    deviceClass.resize(20);
    busId.resize(16); // one of which is padding
    return deviceClass + busId + bytesOf(std::uint32_t{0x80}) + bytesOf(std::uint32_t{1});
}

std::variant<Event, RefusedMessage> parsed(std::uint8_t command, std::string_view attributes) {
    const std::string bytes = genericBytes(Family, command, attributes);
    return parseAcpiMessage(onlyMessage(bytes));
}

TEST(AcpiMessage, IsANotification) {
    const auto event =
        std::get<Event>(parsed(1, attributeBytes(1, notification("ac_adapter", "ACPI0003:00"))));
    EXPECT_EQ(event.source, "acpi");
    EXPECT_EQ(event.action, "notify");
    EXPECT_EQ(event.subsystem, "acpi");
    EXPECT_EQ(event.properties.find("ACPI_DEVICE_CLASS"), "ac_adapter");
    EXPECT_EQ(event.properties.find("ACPI_BUS_ID"), "ACPI0003:00");
    EXPECT_EQ(event.properties.find("ACPI_TYPE"), "00000080");
    EXPECT_EQ(event.properties.find("ACPI_DATA"), "00000001");
    EXPECT_EQ(event.properties.size(), 4U);
}

TEST(AcpiMessage, MayFillItsFields) {
    std::string full = notification(std::string(20, 'c'), std::string(15, 'b'));
    const auto event = std::get<Event>(parsed(1, attributeBytes(1, full)));
    EXPECT_EQ(event.properties.find("ACPI_DEVICE_CLASS"), std::string(20, 'c'));
    EXPECT_EQ(event.properties.find("ACPI_BUS_ID"), std::string(15, 'b'));
}

TEST(AcpiMessage, IsNoneWithoutANotification) {
    const std::string whole = notification("battery", "PNP0C0A:00");
    EXPECT_EQ(std::get<RefusedMessage>(parsed(1, "")), RefusedMessage::Incomplete);
    EXPECT_EQ(std::get<RefusedMessage>(parsed(1, attributeBytes(2, whole))), RefusedMessage::Incomplete);
    EXPECT_EQ(std::get<RefusedMessage>(parsed(1, attributeBytes(1, whole.substr(1)))),
              RefusedMessage::Incomplete);
    EXPECT_EQ(std::get<RefusedMessage>(parsed(2, attributeBytes(1, whole))), RefusedMessage::OtherCommand);
}

} // namespace
} // namespace keventd::test
