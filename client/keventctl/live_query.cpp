#include "client/keventctl/live_query.h"

#include "client/keventctl/usage_error.h"

#include <algorithm>

namespace keventd::ctl {
void LiveQuery::declare(OptionSet& options) {
    events_.declare(options);
    options.flag("--list", lists_, "Begin with the devices that are there");
    options.value(
        "--timeout", "DURATION", [this](const std::string& text) { timeout_ = parseTimeout(text); },
        "End after this time");
}

SubscriptionOptions LiveQuery::subscription(const Connector& connector) const {
    const EventOptions& events = events_.options();
    if (lists_ && (events.since || events.sinceBoottime || events.stream)) {
        throw UsageError("--list: the devices are of now: not together with --since or --stream");
    }
    SubscriptionOptions options;
    static_cast<EventOptions&>(options) = events;
    options.list = lists_;
    options.endpoint = connector.endpoint();
    options.connectTimeout = std::min(timeout_.value_or(options.connectTimeout), options.connectTimeout);
    return options;
}

} // namespace keventd::ctl
