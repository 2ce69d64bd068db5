// keventctl sync: waits until the daemon has caught up with the kernel.
#pragma once

#include "client/keventctl/command.h"

namespace keventd::ctl {

class Sync final : public Command {
public:
    [[nodiscard]] const char* name() const override { return "sync"; }
    [[nodiscard]] const char* summary() const override {
        return "Return when everything that the kernel has announced so far is published";
    }
    void declare(OptionSet& options) override;
    [[nodiscard]] ExitStatus run(const Connector& connector) override;
};

} // namespace keventd::ctl
