// The state of the daemon for people. Pure, but for the time zone.
#pragma once

#include "keventd/client.h"

#include <string>
#include <vector>

namespace keventd::ctl {

/// Appends stream, history and order in lines, sources and subscriptions in tables, and what other statistics
/// there are by name.
void appendText(std::string& out, const DaemonStatus& status,
                const std::vector<SubscriptionInfo>& subscriptions);

} // namespace keventd::ctl
