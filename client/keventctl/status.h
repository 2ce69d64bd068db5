// keventctl status: how the daemon is doing.
#pragma once

#include "client/keventctl/command.h"

namespace keventd::ctl {

class Status final : public Command {
public:
    [[nodiscard]] const char* name() const override { return "status"; }
    [[nodiscard]] const char* summary() const override {
        return "Show stream, sources, subscriptions and counters";
    }
    void declare(OptionSet& options) override;
    [[nodiscard]] ExitStatus run(const Connector& connector) override;

private:
    bool asJson_ = false;
};

} // namespace keventd::ctl
