// What ACPI tells of its devices: a button was pressed, a battery has changed, an adapter was plugged in.
// Pure: a message in, an event or a reason out.
#pragma once

#include "daemon/sources/generic_message.h"
#include "keventd/event.h"

#include <variant>

namespace keventd {

inline constexpr const char* AcpiFamily = "acpi_event";
inline constexpr const char* AcpiGroup = "acpi_mc_group";

/// Parses one message of the family. Its sequence number counts the family's messages from 0 on, sent to
/// anybody or not: a number that was left out is a message lost.
/// @return the event: source and subsystem `acpi`, action `notify` (ACPI knows no other: what was notified,
/// the
///         class and the type say), object and times left to the caller; or why there is none.
///         Properties, as they stand in a line of acpid: ACPI_DEVICE_CLASS (button/power, battery,
///         ac_adapter), ACPI_BUS_ID (LNXPWRBN:00), ACPI_TYPE and ACPI_DATA, hexadecimal with 8 digits
/// Source: struct acpi_genl_event, drivers/acpi/event.c (kernel)
[[nodiscard]] std::variant<Event, RefusedMessage> parseAcpiMessage(const GenericMessage& message);

} // namespace keventd
