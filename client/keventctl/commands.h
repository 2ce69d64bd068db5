// The table of subcommands.
#pragma once

#include "client/keventctl/command.h"

#include <memory>
#include <vector>

namespace keventd::ctl {

/// @return one of each, in the order of the help
[[nodiscard]] std::vector<std::unique_ptr<Command>> makeCommands();

} // namespace keventd::ctl
