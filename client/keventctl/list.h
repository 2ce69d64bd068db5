// keventctl list: the devices that are there.
#pragma once

#include "client/keventctl/command.h"

#include <string>
#include <vector>

namespace keventd::ctl {

class List final : public Command {
public:
    [[nodiscard]] const char* name() const override { return "list"; }
    [[nodiscard]] const char* summary() const override { return "Print the devices that are there, and end"; }
    void declare(OptionSet& options) override;
    [[nodiscard]] ExitStatus run(const Connector& connector) override;

private:
    EventFilter filter_;
    bool asJson_ = false;
    bool withProperties_ = false;
};

/// Appends devices for people: subsystem, node or interface, object, in columns.
/// @param withProperties  indented below each, "KEY=VALUE"
void appendText(std::string& out, const std::vector<Event>& devices, bool withProperties);

} // namespace keventd::ctl
