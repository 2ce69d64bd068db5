// keventctl monitor: events as they happen, also when the daemon or the bus goes and comes back.
#pragma once

#include "client/keventctl/command.h"
#include "client/keventctl/event_query.h"
#include "client/keventctl/event_sink.h"
#include "client/keventctl/values.h"
#include "keventd/subscription.h"

#include <optional>

namespace keventd::ctl {

class Monitor final : public Command {
public:
    [[nodiscard]] const char* name() const override { return "monitor"; }
    [[nodiscard]] const char* summary() const override { return "Print events as they happen"; }
    void declare(OptionSet& options) override;
    [[nodiscard]] ExitStatus run(const Connector& connector) override;

private:
    [[nodiscard]] SubscriptionOptions options(const Connector& connector) const;

    EventQuery query_;
    std::optional<Duration> timeout_;
};

} // namespace keventd::ctl
