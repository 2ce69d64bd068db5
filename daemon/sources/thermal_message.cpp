#include "daemon/sources/thermal_message.h"

#include "daemon/base/text.h"
#include "keventd/names.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace keventd {
namespace {

// Not those of <linux/thermal.h>: that of 6.1 has no thresholds, and in that of the first releases of 6.13
// all from 4 on are one more, until c195b9c6ab9c put them back. What those few kernels send is read as if it
// were right.
namespace attribute {
constexpr std::uint16_t Zone = 2;
constexpr std::uint16_t Temp = 3;
constexpr std::uint16_t Trip = 5;
constexpr std::uint16_t TripType = 6;
constexpr std::uint16_t TripTemp = 7;
constexpr std::uint16_t TripHysteresis = 8;
constexpr std::uint16_t ZoneName = 10;
constexpr std::uint16_t CoolingDevice = 15;
constexpr std::uint16_t State = 16;
constexpr std::uint16_t MaxState = 17;
constexpr std::uint16_t CoolingDeviceName = 18;
constexpr std::uint16_t Governor = 19;
constexpr std::uint16_t Processors = 20; // nested: the three that follow, over and over
constexpr std::uint16_t Processor = 21;
constexpr std::uint16_t Performance = 22;
constexpr std::uint16_t Efficiency = 23;
constexpr std::uint16_t ThresholdTemp = 25;
constexpr std::uint16_t ThresholdDirection = 26;
constexpr std::uint16_t PreviousTemp = 27;
} // namespace attribute

// What a message is about, and which file of sysfs tells the same.
struct Command {
    const char* action;
    std::uint16_t subject; // the attribute with its number, which must be there; 0: none
    const char* file = "";
    std::uint16_t value = 0; // the attribute that is the value of the file
};
// By their numbers; the first one is that of a sample.
constexpr std::array<Command, 20> Commands{{
    {nullptr, 0},
    {"add", attribute::Zone},
    {"remove", attribute::Zone},
    {"disable", attribute::Zone},
    {"enable", attribute::Zone},
    {"trip-up", attribute::Zone, "temp", attribute::Temp},
    {"trip-down", attribute::Zone, "temp", attribute::Temp},
    {"trip-change", attribute::Zone},
    {"trip-add", attribute::Zone},
    {"trip-remove", attribute::Zone},
    {"cdev-add", attribute::CoolingDevice},
    {"cdev-remove", attribute::CoolingDevice},
    {"cdev-change", attribute::CoolingDevice, "cur_state", attribute::State},
    {"governor", attribute::Zone, "policy", attribute::Governor},
    {"cpu-capability", 0},
    {"threshold-add", attribute::Zone},
    {"threshold-remove", attribute::Zone},
    {"threshold-flush", attribute::Zone},
    {"threshold-up", attribute::Zone, "temp", attribute::Temp},
    {"threshold-down", attribute::Zone, "temp", attribute::Temp},
}};
constexpr std::uint8_t Disable = 3;
constexpr std::uint8_t Enable = 4;
constexpr std::uint8_t TripChange = 7;

enum class Form { Number, Signed, Text, TripType };
struct Property {
    std::uint16_t type;
    const char* key;
    Form form;
};
constexpr std::array Properties{
    Property{attribute::Zone, "THERMAL_ZONE_ID", Form::Number},
    Property{attribute::ZoneName, "THERMAL_ZONE_NAME", Form::Text},
    Property{attribute::Temp, "THERMAL_TEMP", Form::Signed},
    Property{attribute::PreviousTemp, "THERMAL_PREVIOUS_TEMP", Form::Signed},
    Property{attribute::Trip, "THERMAL_TRIP_ID", Form::Number},
    Property{attribute::TripType, "THERMAL_TRIP_TYPE", Form::TripType},
    Property{attribute::TripTemp, "THERMAL_TRIP_TEMP", Form::Signed},
    Property{attribute::TripHysteresis, "THERMAL_TRIP_HYSTERESIS", Form::Signed},
    Property{attribute::Governor, "THERMAL_GOVERNOR", Form::Text},
    Property{attribute::ThresholdTemp, "THERMAL_THRESHOLD_TEMP", Form::Signed},
    Property{attribute::ThresholdDirection, "THERMAL_THRESHOLD_DIRECTION", Form::Number},
    Property{attribute::CoolingDevice, "THERMAL_COOLING_DEVICE_ID", Form::Number},
    Property{attribute::CoolingDeviceName, "THERMAL_COOLING_DEVICE_NAME", Form::Text},
    Property{attribute::State, "THERMAL_COOLING_DEVICE_STATE", Form::Number},
    Property{attribute::MaxState, "THERMAL_COOLING_DEVICE_MAX_STATE", Form::Number},
};
constexpr std::array<const char*, 4> TripTypes{"active", "passive", "hot", "critical"};

std::optional<std::string> valueOf(const NetlinkAttribute& attribute, Form form) {
    if (form == Form::Text) return std::string(attribute.text());
    const auto number = attribute.number<std::uint32_t>();
    if (!number) return std::nullopt;
    if (form == Form::Signed) return text(static_cast<std::int32_t>(*number));
    if (form == Form::TripType && *number < TripTypes.size()) return TripTypes[*number];
    return text(*number);
}

// @return false if one of them is not as it should be
bool setProperties(const GenericMessage& message, Event& event) {
    for (const Property& property : Properties) {
        const auto attribute = message.attributes.find(property.type);
        if (!attribute) continue;
        const auto value = valueOf(*attribute, property.form);
        if (!value) return false;
        event.properties.set(property.key, *value);
    }
    return true;
}

bool setProcessors(NetlinkAttributes processors, Event& event) {
    std::uint32_t processor = 0;
    while (const auto attribute = processors.takeFirst()) {
        const auto number = attribute->number<std::uint32_t>();
        if (!number) return false;
        const std::string prefix = text("THERMAL_CPU_", processor);
        if (attribute->type == attribute::Processor) processor = *number;
        if (attribute->type == attribute::Performance)
            event.properties.set(prefix + "_PERFORMANCE", text(*number));
        if (attribute->type == attribute::Efficiency)
            event.properties.set(prefix + "_EFFICIENCY", text(*number));
    }
    return true;
}

const char* keyOf(std::uint16_t type) {
    for (const Property& property : Properties) {
        if (property.type == type) return property.key;
    }
    return "";
}

void setValue(Event& event, std::string file, std::string_view value) {
    event.attribute = std::move(file);
    event.properties.set(names::key::Value, value);
}

void setTemperature(Event& event, std::string file, std::string_view value) {
    setValue(event, std::move(file), value);
    event.properties.set(names::key::Unit, "millicelsius");
    const auto previous = event.properties.find(keyOf(attribute::PreviousTemp));
    if (previous) event.properties.set(names::key::OldValue, std::string(*previous));
}

// The attribute that the event is about, of those that its properties tell.
void setAttribute(std::uint8_t number, const Command& command, Event& event) {
    if (number == Disable) setValue(event, "mode", "disabled");
    if (number == Enable) setValue(event, "mode", "enabled");
    const auto copyOf = [&event](std::uint16_t type) -> std::optional<std::string> {
        const auto value = event.properties.find(keyOf(type));
        return value ? std::optional<std::string>(*value) : std::nullopt;
    };
    if (number == TripChange) {
        const auto trip = copyOf(attribute::Trip);
        const auto temperature = copyOf(attribute::TripTemp);
        if (trip && temperature) setTemperature(event, text("trip_point_", *trip, "_temp"), *temperature);
    }
    const auto value = command.value == 0 ? std::nullopt : copyOf(command.value);
    if (!value) return;
    if (command.value == attribute::Temp) return setTemperature(event, command.file, *value);
    setValue(event, command.file, *value);
}

} // namespace

std::variant<Event, RefusedMessage> parseThermalMessage(const GenericMessage& message) {
    if (message.command == 0) return RefusedMessage::OtherCommand;
    const bool isKnown = message.command < Commands.size();
    const Command command = isKnown ? Commands[message.command] : Command{"", 0};
    if (command.subject != 0 && !message.attributes.find(command.subject)) return RefusedMessage::Incomplete;

    Event event;
    event.source = names::source::Thermal;
    event.action = isKnown ? command.action : text("event-", unsigned{message.command});
    event.subsystem = "thermal";
    if (!setProperties(message, event) ||
        !setProcessors(message.attributes.findNested(attribute::Processors), event))
        return RefusedMessage::Incomplete;
    setAttribute(message.command, command, event);
    return event;
}

} // namespace keventd
