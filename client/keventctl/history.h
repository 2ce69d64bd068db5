// keventctl history: events that are kept, up to the present.
#pragma once

#include "client/keventctl/command.h"
#include "client/keventctl/event_query.h"

namespace keventd::ctl {

class History final : public Command {
public:
    [[nodiscard]] const char* name() const override { return "history"; }
    [[nodiscard]] const char* summary() const override { return "Print the events that are kept, and end"; }
    void declare(OptionSet& options) override;
    [[nodiscard]] ExitStatus run(const Connector& connector) override;

private:
    EventQuery query_;
};

} // namespace keventd::ctl
