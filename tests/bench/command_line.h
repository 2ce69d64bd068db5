// Options of a benchmark: numbers and flags, with --help.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace keventd::bench {

struct NumberOption {
    const char* name; ///< "--events"
    std::uint64_t& value;
    const char* help;
};

struct FlagOption {
    const char* name;
    bool& value;
    const char* help;
};

/// @return an exit status if the process is to end now: help was asked for, or the command line is wrong
[[nodiscard]] std::optional<int> parseCommandLine(int argc, char** argv, const char* description,
                                                  const std::vector<NumberOption>& numbers,
                                                  const std::vector<FlagOption>& flags = {});

} // namespace keventd::bench
