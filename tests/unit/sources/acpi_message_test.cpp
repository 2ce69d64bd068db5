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

// --- As Linux 6.1 sent them ---

Event eventOf(const std::string& name) {
    const std::string bytes = recorded(name);
    const auto result = parseAcpiMessage(onlyMessage(bytes));
    const auto* event = std::get_if<Event>(&result);
    EXPECT_NE(event, nullptr) << name;
    return event == nullptr ? Event() : *event;
}

/// @return the line that acpid makes of it
std::string lineOf(const std::string& name) {
    const Event event = eventOf(name);
    std::string line;
    for (const char* key : {"ACPI_DEVICE_CLASS", "ACPI_BUS_ID", "ACPI_TYPE", "ACPI_DATA"})
        line.append(line.empty() ? "" : " ").append(event.properties.find(key).value_or("?"));
    return line;
}

TEST(AcpiMessage, IsReadAsItWasRecorded) {
    EXPECT_EQ(lineOf("acpi-power-button-6.1"), "button/power LNXPWRBN:00 00000080 00000001");
    EXPECT_EQ(lineOf("acpi-sleep-button-6.1"), "button/sleep PNP0C0E:00 00000080 00000001");
    EXPECT_EQ(lineOf("acpi-adapter-off-6.1"), "ac_adapter ACPI0003:00 00000080 00000000");
    EXPECT_EQ(lineOf("acpi-adapter-on-6.1"), "ac_adapter ACPI0003:00 00000080 00000001");
    EXPECT_EQ(lineOf("acpi-battery-6.1"), "battery PNP0C0A:00 00000080 00000001");
    EXPECT_EQ(lineOf("acpi-thermal-zone-hot-6.1"), "thermal_zone LNXTHERM:00 000000f1 00000001");
}

TEST(AcpiMessage, IsCountedByItsFamily) {
    const std::string first = recorded("acpi-power-button-6.1");
    const std::string second = recorded("acpi-sleep-button-6.1");
    EXPECT_EQ(onlyMessage(first).sequence, 0U);
    EXPECT_EQ(onlyMessage(second).sequence, 1U);
}

} // namespace
} // namespace keventd::test
