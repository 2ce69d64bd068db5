// FILTER arguments, "KEY=GLOB[,GLOB…]", to the filter of the client library. Pure.
#pragma once

#include "keventd/options.h"

#include <string>
#include <vector>

namespace keventd::ctl {

/// Reads FILTER arguments. KEY is source, subsystem, action, object or attribute, or else the name of a
/// property. Globs are parted by commas; "\," is a comma within a glob. The globs themselves are checked by
/// the daemon.
/// @throws UsageError for an argument without "=", with an empty KEY or an empty GLOB, or with a KEY that was
///         there before: the daemon has no AND within one key
[[nodiscard]] EventFilter parseFilters(const std::vector<std::string>& arguments);

/// The same of devices, which have no source, action or attribute.
/// @throws UsageError also for a filter of these, which it names
[[nodiscard]] EventFilter parseDeviceFilters(const std::vector<std::string>& arguments);

} // namespace keventd::ctl
