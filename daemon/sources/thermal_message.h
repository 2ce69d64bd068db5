// What the kernel tells of temperatures and of cooling: a trip point was crossed, a zone has come, a fan
// turns faster. Pure: a message in, an event or a reason out.
#pragma once

#include "daemon/sources/generic_message.h"
#include "keventd/event.h"

#include <variant>

namespace keventd {

inline constexpr const char* ThermalFamily = "thermal";
inline constexpr const char* ThermalGroup = "event"; ///< the other one, `sampling`, tells each reading

/// Parses one message of the group. The family numbers its messages all 0: that one was lost, only the socket
/// tells.
/// @return the event: source and subsystem `thermal`, object and times left to the caller; or why there is
/// none.
///
///         action                                       attribute, of which KEVENTD_VALUE is the value
///         add, remove                                  of a zone
///         enable, disable                              mode
///         trip-up, trip-down                           temp, where the kernel tells it (since 5.15)
///         trip-change                                  trip_point_N_temp
///         trip-add, trip-remove                        (before 6.9)
///         governor                                     policy
///         threshold-up, threshold-down                 temp, with KEVENTD_OLD_VALUE (since 6.13, as all
///         thresholds) threshold-add, threshold-remove, threshold-flush cdev-add, cdev-remove of a cooling
///         device cdev-change                                  cur_state cpu-capability of processors, which
///         are to be spared or may be used again event-N                                      what this
///         version does not know
///
///         Temperatures are in thousandths of a degree Celsius: KEVENTD_UNIT is `millicelsius` then.
///         Properties, as far as the kernel tells them: THERMAL_ZONE_ID, _ZONE_NAME, _TEMP, _PREVIOUS_TEMP;
///         _TRIP_ID, _TRIP_TYPE (active, passive, hot, critical, or a number), _TRIP_TEMP, _TRIP_HYSTERESIS;
///         _GOVERNOR; _THRESHOLD_TEMP, _THRESHOLD_DIRECTION (1 up, 2 down, 3 both); _COOLING_DEVICE_ID,
///         _COOLING_DEVICE_NAME, _COOLING_DEVICE_STATE, _COOLING_DEVICE_MAX_STATE; _CPU_N_PERFORMANCE,
///         _CPU_N_EFFICIENCY (0 to 1023)
/// Source: drivers/thermal/thermal_netlink.c, include/uapi/linux/thermal.h (kernel)
[[nodiscard]] std::variant<Event, RefusedMessage> parseThermalMessage(const GenericMessage& message);

} // namespace keventd
