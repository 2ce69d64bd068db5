// What is told of temperatures and cooling: as a kernel sent it, as newer ones do, and as none does.

#include "daemon/sources/thermal_message.h"

#include "tests/unit/sources/generic_bytes.h"
#include "tests/unit/sources/recorded_messages.h"

namespace keventd::test {
namespace {

constexpr std::uint16_t Family = 0x15;
const std::string Zone3 = attributeOf(2, 3);

std::variant<Event, RefusedMessage> parsed(std::uint8_t command, std::string_view attributes) {
    const std::string bytes = genericBytes(Family, command, attributes);
    return parseThermalMessage(onlyMessage(bytes));
}

Event eventOf(std::uint8_t command, std::string_view attributes) {
    const auto result = parsed(command, attributes);
    const auto* event = std::get_if<Event>(&result);
    EXPECT_NE(event, nullptr);
    return event == nullptr ? Event() : *event;
}

std::string temperature(std::uint16_t type, std::int32_t degrees) {
    return attributeBytes(type, bytesOf(degrees));
}

TEST(ThermalMessage, TellsThatATripPointWasCrossed) {
    const Event event = eventOf(5, Zone3 + attributeOf(5, 1) + temperature(3, 90500));
    EXPECT_EQ(event.source, "thermal");
    EXPECT_EQ(event.subsystem, "thermal");
    EXPECT_EQ(event.action, "trip-up");
    EXPECT_EQ(event.attribute, "temp");
    EXPECT_EQ(event.properties.find("KEVENTD_VALUE"), "90500");
    EXPECT_EQ(event.properties.find("KEVENTD_UNIT"), "millicelsius");
    EXPECT_EQ(event.properties.find("THERMAL_ZONE_ID"), "3");
    EXPECT_EQ(event.properties.find("THERMAL_TRIP_ID"), "1");
    EXPECT_EQ(event.properties.find("THERMAL_TEMP"), "90500");
    EXPECT_EQ(event.properties.size(), 5U);
}

TEST(ThermalMessage, MayBeOfFrost) {
    EXPECT_EQ(eventOf(6, Zone3 + temperature(3, -1500)).properties.find("KEVENTD_VALUE"), "-1500");
}

TEST(ThermalMessage, NeedNotTellTheTemperature) {
    const Event event = eventOf(5, Zone3 + attributeOf(5, 1));
    EXPECT_EQ(event.action, "trip-up");
    EXPECT_EQ(event.attribute, "");
    EXPECT_FALSE(event.properties.find("KEVENTD_VALUE"));
}

TEST(ThermalMessage, NamesWhatHappensToZones) {
    EXPECT_EQ(eventOf(1, Zone3 + attributeOf(10, "acpitz")).action, "add");
    EXPECT_EQ(eventOf(1, Zone3 + attributeOf(10, "acpitz")).properties.find("THERMAL_ZONE_NAME"), "acpitz");
    EXPECT_EQ(eventOf(2, Zone3).action, "remove");
    EXPECT_EQ(eventOf(8, Zone3).action, "trip-add");
    EXPECT_EQ(eventOf(9, Zone3).action, "trip-remove");
}

TEST(ThermalMessage, TellsTheModeOfAZone) {
    EXPECT_EQ(eventOf(3, Zone3).action, "disable");
    EXPECT_EQ(eventOf(3, Zone3).attribute, "mode");
    EXPECT_EQ(eventOf(3, Zone3).properties.find("KEVENTD_VALUE"), "disabled");
    EXPECT_EQ(eventOf(4, Zone3).properties.find("KEVENTD_VALUE"), "enabled");
}

TEST(ThermalMessage, TellsTheGovernorOfAZone) {
    const Event event = eventOf(13, Zone3 + attributeOf(19, "step_wise"));
    EXPECT_EQ(event.action, "governor");
    EXPECT_EQ(event.attribute, "policy");
    EXPECT_EQ(event.properties.find("KEVENTD_VALUE"), "step_wise");
    EXPECT_EQ(event.properties.find("THERMAL_GOVERNOR"), "step_wise");
}

TEST(ThermalMessage, TellsWhereATripPointIsNow) {
    const Event event = eventOf(7, Zone3 + attributeOf(5, 2) + attributeOf(6, 1) + temperature(7, 60000) +
                                       temperature(8, 2000));
    EXPECT_EQ(event.action, "trip-change");
    EXPECT_EQ(event.attribute, "trip_point_2_temp");
    EXPECT_EQ(event.properties.find("KEVENTD_VALUE"), "60000");
    EXPECT_EQ(event.properties.find("KEVENTD_UNIT"), "millicelsius");
    EXPECT_EQ(event.properties.find("THERMAL_TRIP_TYPE"), "passive");
    EXPECT_EQ(event.properties.find("THERMAL_TRIP_HYSTERESIS"), "2000");
    EXPECT_EQ(eventOf(7, Zone3 + attributeOf(6, 4)).properties.find("THERMAL_TRIP_TYPE"), "4");
}

TEST(ThermalMessage, TellsOfCoolingDevices) {
    const std::string device = attributeOf(15, 4);
    const Event added = eventOf(10, attributeOf(18, "Fan") + device + attributeOf(17, 1));
    EXPECT_EQ(added.action, "cdev-add");
    EXPECT_EQ(added.properties.find("THERMAL_COOLING_DEVICE_NAME"), "Fan");
    EXPECT_EQ(added.properties.find("THERMAL_COOLING_DEVICE_MAX_STATE"), "1");
    EXPECT_EQ(eventOf(11, device).action, "cdev-remove");
    const Event changed = eventOf(12, device + attributeOf(16, 1));
    EXPECT_EQ(changed.action, "cdev-change");
    EXPECT_EQ(changed.attribute, "cur_state");
    EXPECT_EQ(changed.properties.find("KEVENTD_VALUE"), "1");
    EXPECT_EQ(changed.properties.find("THERMAL_COOLING_DEVICE_ID"), "4");
    EXPECT_FALSE(changed.properties.find("KEVENTD_UNIT"));
}

TEST(ThermalMessage, TellsOfEachProcessor) {
    const auto processor = [](std::uint32_t number, std::uint32_t performance) {
        return attributeOf(21, number) + attributeOf(22, performance) + attributeOf(23, 1023);
    };
    const Event event = eventOf(14, attributeBytes(20 | NLA_F_NESTED, processor(0, 512) + processor(7, 0)));
    EXPECT_EQ(event.action, "cpu-capability");
    EXPECT_EQ(event.properties.find("THERMAL_CPU_0_PERFORMANCE"), "512");
    EXPECT_EQ(event.properties.find("THERMAL_CPU_0_EFFICIENCY"), "1023");
    EXPECT_EQ(event.properties.find("THERMAL_CPU_7_PERFORMANCE"), "0");
}

TEST(ThermalMessage, TellsOfThresholds) {
    const Event crossed = eventOf(19, Zone3 + temperature(27, 71000) + temperature(3, 69000));
    EXPECT_EQ(crossed.action, "threshold-down");
    EXPECT_EQ(crossed.attribute, "temp");
    EXPECT_EQ(crossed.properties.find("KEVENTD_VALUE"), "69000");
    EXPECT_EQ(crossed.properties.find("KEVENTD_OLD_VALUE"), "71000");
    EXPECT_EQ(eventOf(18, Zone3).action, "threshold-up");
    const Event added = eventOf(15, Zone3 + temperature(25, 70000) + attributeOf(26, 3));
    EXPECT_EQ(added.action, "threshold-add");
    EXPECT_EQ(added.properties.find("THERMAL_THRESHOLD_TEMP"), "70000");
    EXPECT_EQ(added.properties.find("THERMAL_THRESHOLD_DIRECTION"), "3");
    EXPECT_EQ(eventOf(16, Zone3).action, "threshold-remove");
    EXPECT_EQ(eventOf(17, Zone3).action, "threshold-flush");
}

TEST(ThermalMessage, IsPassedOnWhenItsNumberIsNotKnown) {
    const Event event = eventOf(20, Zone3 + attributeOf(99, 1));
    EXPECT_EQ(event.action, "event-20");
    EXPECT_EQ(event.properties.find("THERMAL_ZONE_ID"), "3");
    EXPECT_EQ(eventOf(255, "").action, "event-255");
}

TEST(ThermalMessage, IsNoneWithoutItsSubject) {
    for (std::uint8_t command = 1; command < 20; ++command) {
        if (command == 14) continue; // has none
        EXPECT_EQ(std::get<RefusedMessage>(parsed(command, attributeOf(3, 1))), RefusedMessage::Incomplete)
            << int{command};
    }
}

TEST(ThermalMessage, IsNoneWithNumbersOfAnotherSize) {
    EXPECT_EQ(std::get<RefusedMessage>(parsed(5, attributeBytes(2, "12"))), RefusedMessage::Incomplete);
    EXPECT_EQ(std::get<RefusedMessage>(parsed(5, Zone3 + attributeBytes(3, "12345678"))),
              RefusedMessage::Incomplete);
    EXPECT_EQ(std::get<RefusedMessage>(parsed(14, attributeBytes(20, attributeBytes(21, "1")))),
              RefusedMessage::Incomplete);
}

TEST(ThermalMessage, IsNoneIfItIsASample) {
    EXPECT_EQ(std::get<RefusedMessage>(parsed(0, Zone3 + temperature(3, 1))), RefusedMessage::OtherCommand);
}

// --- As Linux 6.1 sent them ---

/// @return "ACTION ATTRIBUTE=VALUE UNIT, " and what else it says, by its properties
std::string recordedEvent(const std::string& name) {
    const std::string bytes = recorded(name);
    const auto result = parseThermalMessage(onlyMessage(bytes));
    const auto* event = std::get_if<Event>(&result);
    EXPECT_NE(event, nullptr) << name;
    if (event == nullptr) return "";
    std::string said = event->action;
    if (!event->attribute.empty()) said += " of " + event->attribute;
    for (const Property property : event->properties)
        said.append(" ").append(property.key).append("=").append(property.value);
    return said;
}

TEST(ThermalMessage, IsReadAsItWasRecorded) {
    EXPECT_EQ(recordedEvent("thermal-trip-up-6.1"),
              "trip-up of temp THERMAL_ZONE_ID=0 THERMAL_TEMP=65000 THERMAL_TRIP_ID=2 KEVENTD_VALUE=65000 "
              "KEVENTD_UNIT=millicelsius");
    EXPECT_EQ(recordedEvent("thermal-trip-up-hot-6.1"),
              "trip-up of temp THERMAL_ZONE_ID=0 THERMAL_TEMP=95000 THERMAL_TRIP_ID=1 KEVENTD_VALUE=95000 "
              "KEVENTD_UNIT=millicelsius");
    EXPECT_EQ(recordedEvent("thermal-trip-down-6.1"),
              "trip-down of temp THERMAL_ZONE_ID=0 THERMAL_TEMP=25000 THERMAL_TRIP_ID=2 KEVENTD_VALUE=25000 "
              "KEVENTD_UNIT=millicelsius");
    EXPECT_EQ(recordedEvent("thermal-fan-on-6.1"),
              "cdev-change of cur_state THERMAL_COOLING_DEVICE_ID=2 THERMAL_COOLING_DEVICE_STATE=1 "
              "KEVENTD_VALUE=1");
    EXPECT_EQ(recordedEvent("thermal-zone-disable-6.1"),
              "disable of mode THERMAL_ZONE_ID=0 KEVENTD_VALUE=disabled");
    EXPECT_EQ(recordedEvent("thermal-zone-enable-6.1"),
              "enable of mode THERMAL_ZONE_ID=0 KEVENTD_VALUE=enabled");
    EXPECT_EQ(recordedEvent("thermal-governor-6.1"),
              "governor of policy THERMAL_ZONE_ID=0 THERMAL_GOVERNOR=user_space KEVENTD_VALUE=user_space");
    EXPECT_EQ(recordedEvent("thermal-zone-remove-6.1"), "remove THERMAL_ZONE_ID=0");
    EXPECT_EQ(recordedEvent("thermal-zone-add-6.1"), "add THERMAL_ZONE_ID=0 THERMAL_ZONE_NAME=acpitz");
}

TEST(ThermalMessage, IsNoneIfItWasRecordedAsASample) {
    const std::string bytes = recorded("thermal-sample-6.1");
    EXPECT_EQ(std::get<RefusedMessage>(parseThermalMessage(onlyMessage(bytes))),
              RefusedMessage::OtherCommand);
}

} // namespace
} // namespace keventd::test
