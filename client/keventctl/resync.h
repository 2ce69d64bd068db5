// keventctl resync: has the daemon compare what it has told with what is there.
#pragma once

#include "client/keventctl/command.h"

namespace keventd::ctl {

class Resync final : public Command {
public:
    [[nodiscard]] const char* name() const override { return "resync"; }
    [[nodiscard]] const char* summary() const override {
        return "Compare what was published with sysfs and udev's database, publish what was missed";
    }
    void declare(OptionSet& options) override;
    [[nodiscard]] ExitStatus run(const Connector& connector) override;
};

} // namespace keventd::ctl
