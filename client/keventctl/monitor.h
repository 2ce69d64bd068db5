// keventctl monitor: events as they happen, also when the daemon or the bus goes and comes back.
#pragma once

#include "client/keventctl/command.h"
#include "client/keventctl/live_query.h"

namespace keventd::ctl {

class Monitor final : public Command {
public:
    [[nodiscard]] const char* name() const override { return "monitor"; }
    [[nodiscard]] const char* summary() const override { return "Print events as they happen"; }
    void declare(OptionSet& options) override;
    [[nodiscard]] ExitStatus run(const Connector& connector) override;

private:
    LiveQuery query_;
};

} // namespace keventd::ctl
