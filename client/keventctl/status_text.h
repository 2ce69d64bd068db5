// The state of the daemon for people. Pure, but for the time zone.
#pragma once

#include "keventd/client.h"

#include <optional>
#include <string>
#include <vector>

namespace keventd::ctl {

/// Appends stream, history and order in lines, sources and subscriptions in tables, and what other statistics
/// there are by name.
/// @param subscriptions  nothing if they could not be listed
void appendText(std::string& out, const DaemonStatus& status,
                const std::optional<std::vector<SubscriptionInfo>>& subscriptions);

} // namespace keventd::ctl
