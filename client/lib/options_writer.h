// EventOptions → `a{sv}`, as sdbus-c++ writes it. Internal to the library.
#pragma once

#include "client/lib/sdbus_compat.h"
#include "keventd/options.h"

namespace keventd {
inline namespace client {

/// Appends the options to a call under construction. What is not set is left out, so that the daemon's own
/// defaults apply.
void writeOptions(sdbus::Message& message, const EventOptions& options);
void writeOptions(sdbus::Message& message, const SubscribeOptions& options);

/// The same of ListDevices: what a device can be asked for.
void writeDeviceOptions(sdbus::Message& message, const EventFilter& filter);

} // namespace client
} // namespace keventd
