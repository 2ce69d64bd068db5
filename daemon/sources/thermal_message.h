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
/// Actions, and the attribute of which KEVENTD_VALUE is the value, where the message tells it:
/// - add, remove: of a zone
/// - enable, disable: mode
/// - trip-up, trip-down: temp (older kernels do not tell it)
/// - trip-change: trip_point_N_temp
/// - trip-add, trip-remove
/// - governor: policy
/// - threshold-up, threshold-down: temp, with KEVENTD_OLD_VALUE (thresholds are new in 6.13)
/// - threshold-add, threshold-remove, threshold-flush
/// - cdev-add, cdev-remove: of a cooling device
/// - cdev-change: cur_state
/// - cpu-capability: of processors that are to be spared, or may be used again
/// - event-N: what this version does not know
///
/// Temperatures are in thousandths of a degree Celsius: KEVENTD_UNIT is `millicelsius` then.
///
/// Properties, as far as the kernel tells them:
/// - THERMAL_ZONE_ID, THERMAL_ZONE_NAME, THERMAL_TEMP, THERMAL_PREVIOUS_TEMP, THERMAL_GOVERNOR
/// - THERMAL_TRIP_ID, THERMAL_TRIP_TYPE (active, passive, hot, critical, or a number), THERMAL_TRIP_TEMP,
///   THERMAL_TRIP_HYSTERESIS
/// - THERMAL_THRESHOLD_TEMP, THERMAL_THRESHOLD_DIRECTION (1 up, 2 down, 3 both)
/// - THERMAL_COOLING_DEVICE_ID, THERMAL_COOLING_DEVICE_NAME, THERMAL_COOLING_DEVICE_STATE,
///   THERMAL_COOLING_DEVICE_MAX_STATE
/// - THERMAL_CPU_N_PERFORMANCE, THERMAL_CPU_N_EFFICIENCY (0 to 1023)
///
/// Source: drivers/thermal/thermal_netlink.c, include/uapi/linux/thermal.h (kernel)
[[nodiscard]] std::variant<Event, RefusedMessage> parseThermalMessage(const GenericMessage& message);

} // namespace keventd
