// What monitor and wait have in common on the command line: which events, from where, and for how long.
#pragma once

#include "client/keventctl/connector.h"
#include "client/keventctl/event_query.h"
#include "client/keventctl/values.h"
#include "keventd/subscription.h"

#include <optional>

namespace keventd::ctl {

class LiveQuery {
public:
    void declare(OptionSet& options);

    [[nodiscard]] EventQuery& events() { return events_; }
    [[nodiscard]] const EventQuery& events() const { return events_; }
    /// @return --timeout
    [[nodiscard]] const std::optional<Duration>& timeout() const { return timeout_; }
    /// @return --list: the devices that are there come first
    [[nodiscard]] bool lists() const { return lists_; }
    /// @throws UsageError if --list stands beside --since or --stream
    [[nodiscard]] SubscriptionOptions subscription(const Connector& connector) const;

private:
    EventQuery events_;
    std::optional<Duration> timeout_;
    bool lists_ = false;
};

} // namespace keventd::ctl
