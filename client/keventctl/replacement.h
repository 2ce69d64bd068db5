// Another program in the place of this process: it has its pid, its signals and its exit status.
#pragma once

#include "client/keventctl/exit_status.h"

#include <string>
#include <vector>

namespace keventd::ctl {

/// Does not return if the program can be run.
/// @param command      program, looked for in $PATH, and its arguments
/// @param environment  "NAME=VALUE" each
/// @return NotFound or CannotRun, which has been told on stderr
[[nodiscard]] ExitStatus replaceProcess(std::vector<std::string> command,
                                        std::vector<std::string> environment);

} // namespace keventd::ctl
