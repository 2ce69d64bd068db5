#include "daemon/sources/acpi_message.h"

#include "keventd/names.h"

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace keventd {
namespace {

// Of the kernel's own header alone, which is not for user space.
constexpr std::uint8_t NotifyCommand = 1;
constexpr std::uint16_t EventAttribute = 1;
struct AcpiEvent {
    char deviceClass[20];
    char busId[15];
    std::uint32_t type;
    std::uint32_t data;
};
static_assert(sizeof(AcpiEvent) == 44);

// @param field  filled up with NULs, or full
std::string_view textOf(std::span<const char> field) {
    const std::string_view all(field.data(), field.size());
    return all.substr(0, all.find('\0'));
}

// As acpid prints it.
std::string hexadecimal(std::uint32_t number) {
    std::array<char, 9> digits{};
    std::snprintf(digits.data(), digits.size(), "%08x", number);
    return digits.data();
}

} // namespace

std::variant<Event, RefusedMessage> parseAcpiMessage(const GenericMessage& message) {
    if (message.command != NotifyCommand) return RefusedMessage::OtherCommand;
    const auto attribute = message.attributes.find(EventAttribute);
    if (!attribute || attribute->value.size() < sizeof(AcpiEvent)) return RefusedMessage::Incomplete;
    AcpiEvent notified{};
    std::memcpy(&notified, attribute->value.data(), sizeof notified);

    Event event;
    event.source = names::source::Acpi;
    event.action = "notify";
    event.subsystem = "acpi";
    event.properties.set("ACPI_DEVICE_CLASS", textOf(notified.deviceClass));
    event.properties.set("ACPI_BUS_ID", textOf(notified.busId));
    event.properties.set("ACPI_TYPE", hexadecimal(notified.type));
    event.properties.set("ACPI_DATA", hexadecimal(notified.data));
    return event;
}

} // namespace keventd
