// Events and the daemon's state for programs: JSON, one object a line, `"v":1` first. The only place that
// knows nlohmann-json.
#pragma once

#include "client/keventctl/event_printer.h"
#include "keventd/client.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace keventd::ctl {

/// @return a printer of events: every field under its name, whatever it holds
[[nodiscard]] std::unique_ptr<EventPrinter> makeJsonPrinter();

/// Appends the state of the daemon, with a newline.
/// @param subscriptions  nothing if they could not be listed
void appendJson(std::string& out, const DaemonStatus& status,
                const std::optional<std::vector<SubscriptionInfo>>& subscriptions);

/// Appends the state of one source, with a newline.
void appendJson(std::string& out, const SourceState& source);

} // namespace keventd::ctl
