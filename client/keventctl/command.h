// A subcommand of keventctl. Each has a file pair of its own and a line in commands.cpp.
#pragma once

#include "client/keventctl/connector.h"
#include "client/keventctl/exit_status.h"
#include "client/keventctl/option_set.h"

namespace keventd::ctl {

class Command {
public:
    virtual ~Command() = default;

    [[nodiscard]] virtual const char* name() const = 0;
    /// @return one line for the help
    [[nodiscard]] virtual const char* summary() const = 0;
    /// Declares the options; their values go into this object.
    virtual void declare(OptionSet& options) = 0;
    /// Called once, after the command line has been read.
    [[nodiscard]] virtual ExitStatus run(const Connector& connector) = 0;
};

} // namespace keventd::ctl
