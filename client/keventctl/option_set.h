// How a subcommand declares its options, without knowing the library that parses them (command_line.cpp).
//
// What is declared is borrowed: flags and parsers live as long as the command. A parser throws UsageError for
// a value that it does not like.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace keventd::ctl {

class OptionSet {
public:
    using Parser = std::function<void(const std::string& value)>;
    using ListParser = std::function<void(const std::vector<std::string>& values)>;

    virtual ~OptionSet() = default;

    /// An option without a value, such as "--json".
    virtual void flag(const char* name, bool& isSet, const char* help) = 0;
    /// An option with a value, shown as `name` `placeholder` in the help; at most once.
    virtual void value(const char* name, const char* placeholder, Parser parser, const char* help) = 0;
    /// All arguments that are no options.
    virtual void arguments(const char* placeholder, ListParser parser, const char* help) = 0;
    /// All that stands behind "--", whatever it looks like: a command to run. Where none is declared, "--"
    /// only says that arguments follow it, and no options.
    virtual void command(ListParser parser) = 0;
};

} // namespace keventd::ctl
