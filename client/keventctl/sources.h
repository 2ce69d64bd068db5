// keventctl sources: where the daemon's events come from, and whether they do.
#pragma once

#include "client/keventctl/command.h"

#include <string>
#include <vector>

namespace keventd::ctl {

class Sources final : public Command {
public:
    [[nodiscard]] const char* name() const override { return "sources"; }
    [[nodiscard]] const char* summary() const override {
        return "Show the sources of events and their state";
    }
    void declare(OptionSet& options) override;
    [[nodiscard]] ExitStatus run(const Connector& connector) override;

private:
    bool asJson_ = false;
};

/// Appends name, state and reason of each, in columns.
void appendText(std::string& out, const std::vector<SourceState>& sources);

} // namespace keventd::ctl
