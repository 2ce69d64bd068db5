#include "tests/bench/command_line.h"

#include <CLI/CLI.hpp>

namespace keventd::bench {

std::optional<int> parseCommandLine(int argc, char** argv, const char* description,
                                    const std::vector<NumberOption>& numbers,
                                    const std::vector<FlagOption>& flags) {
    CLI::App app(description);
    for (const auto& option : numbers)
        app.add_option(option.name, option.value, option.help)->capture_default_str();
    for (const auto& option : flags) app.add_flag(option.name, option.value, option.help);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error);
    }
    return std::nullopt;
}

} // namespace keventd::bench
