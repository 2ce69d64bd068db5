// Reads the command line: global options, the subcommand, its options. The only place that knows CLI11.
#pragma once

#include "client/keventctl/bus_choice.h"
#include "client/keventctl/command.h"

#include <memory>
#include <vector>

namespace keventd::ctl {

/// What the command line asks for.
struct Request {
    BusChoice bus;
    std::unique_ptr<Command>
        command; ///< with its options set; null if help or version was asked for, and printed
};

/// @param commands  all that there are; the one asked for is moved out
/// @throws UsageError
[[nodiscard]] Request parseCommandLine(int argc, const char* const* argv,
                                       std::vector<std::unique_ptr<Command>> commands);

} // namespace keventd::ctl
