// keventctl status: how the daemon is doing.
#pragma once

#include "client/keventctl/command.h"

#include <string>

namespace keventd::ctl {

class Status final : public Command {
public:
    [[nodiscard]] const char* name() const override { return "status"; }
    [[nodiscard]] const char* summary() const override {
        return "Show version, stream, sources and counters";
    }
    void declare(OptionSet& options) override;
    [[nodiscard]] ExitStatus run(const Connector& connector) override;

private:
    bool asJson_ = false;
};

/// Appends the state of the daemon for people: sources and statistics in columns.
void appendText(std::string& out, const DaemonStatus& status);

} // namespace keventd::ctl
