// g++ 12 sees a null pointer in a std::vector that CLI11 grows; the place it names is in <string>, so that
// this must stand before all of it.
#pragma GCC diagnostic ignored "-Wnull-dereference"

#include "client/keventctl/command_line.h"

#include "client/keventctl/usage_error.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <optional>
#include <stdexcept>

namespace keventd::ctl {
namespace {

constexpr std::string_view EndOfOptions = "--";

/// Puts declarations into a CLI11 (sub)command.
class CliOptionSet final : public OptionSet {
public:
    explicit CliOptionSet(CLI::App& app) : app_(app) {}

    void flag(const char* name, bool& isSet, const char* help) override {
        app_.add_flag(name, isSet, help)->disable_flag_override();
    }
    void value(const char* name, const char* placeholder, Parser parser, const char* help) override {
        app_.add_option_function<std::string>(name, parser, help)->type_name(placeholder);
    }
    void arguments(const char* placeholder, ListParser parser, const char* help) override {
        app_.add_option(placeholder, arguments_, help)->type_name("");
        parseArguments_ = std::move(parser);
    }
    void command(ListParser parser) override {
        parseCommand_ = std::move(parser);
        app_.footer("[-- COMMAND [ARGUMENT...]]");
    }

    /// CLI11 would mix what stands before and behind "--".
    /// @param behind  all behind "--"; nothing: there was none
    void parseRest(const std::optional<std::vector<std::string>>& behind) {
        if (behind && parseCommand_) {
            parseCommand_(*behind);
        } else if (behind) {
            arguments_.insert(arguments_.end(), behind->begin(), behind->end());
        }
        if (arguments_.empty()) return;
        if (!parseArguments_) throw UsageError("unknown argument '" + arguments_.front() + "'");
        parseArguments_(arguments_);
    }

private:
    CLI::App& app_;
    std::vector<std::string> arguments_;
    ListParser parseArguments_;
    ListParser parseCommand_;
};

/// Declared for keventctl and for each subcommand, so that they may stand before or after it.
void declareGlobals(OptionSet& options, BusChoice& bus) {
    options.value(
        "--socket", "PATH", [&bus](const std::string& path) { bus.chooseSocket(path); },
        "Private socket of the daemon");
    options.value(
        "--bus", "system|session|ADDRESS", [&bus](const std::string& name) { bus.chooseBus(name); },
        "Bus on which to look for org.keventd1");
}

std::unique_ptr<CliOptionSet> declare(CLI::App& app, Command& command, BusChoice& bus) {
    CLI::App* sub = app.add_subcommand(command.name(), command.summary());
    auto options = std::make_unique<CliOptionSet>(*sub);
    command.declare(*options);
    declareGlobals(*options, bus);
    return options;
}

/// @return how many arguments stand before "--"
int countBeforeEnd(int argc, const char* const* argv) {
    return static_cast<int>(std::find(argv, argv + argc, EndOfOptions) - argv);
}

std::optional<std::vector<std::string>> findBehindEnd(int argc, const char* const* argv) {
    const int before = countBeforeEnd(argc, argv);
    if (before == argc) return std::nullopt;
    return std::vector<std::string>(argv + before + 1, argv + argc);
}

/// CLI11 would take the next argument for the value: "--socket=$UNSET sync".
void refuseEmptyValues(int argc, const char* const* argv) {
    for (int i = 1; i < argc; ++i) {
        const std::string_view argument(argv[i]);
        if (argument.starts_with("--") && argument.find('=') == argument.size() - 1) {
            throw UsageError(std::string(argument.substr(0, argument.size() - 1)) + ": the value is empty");
        }
    }
}

/// What was left over: CLI11 speaks of arguments that were not expected, whatever they are.
[[noreturn]] void refuseLeftOver(const CLI::App& app) {
    const auto beforeCommand = app.remaining();
    const bool isBefore = !beforeCommand.empty();
    const std::string first = (isBefore ? beforeCommand : app.get_subcommands().at(0)->remaining()).at(0);
    const char* kind = first.starts_with('-') ? "option" : isBefore ? "command" : "argument";
    throw UsageError(std::string("unknown ") + kind + " '" + first + "' (see keventctl --help)");
}

void printWish(const CLI::App& app, const CLI::Success& wish) {
    app.exit(wish);
    if (!std::cout.flush()) throw std::runtime_error("cannot write to standard output");
}

/// @return false if help or version has been printed instead
bool parse(CLI::App& app, int argc, const char* const* argv) {
    try {
        const int count = countBeforeEnd(argc, argv);
        refuseEmptyValues(count, argv);
        app.parse(count, argv);
        return true;
    } catch (const CLI::Success& wish) {
        printWish(app, wish);
        return false;
    } catch (const CLI::ExtrasError&) {
        refuseLeftOver(app);
    } catch (const CLI::ParseError& error) {
        throw UsageError(std::string(error.what()) + " (see keventctl --help)");
    }
}

} // namespace

Request parseCommandLine(int argc, const char* const* argv, std::vector<std::unique_ptr<Command>> commands) {
    Request request;
    CLI::App app("Shows the kernel's events as keventd publishes them.", "keventctl");
    app.set_version_flag("--version", "keventctl " KEVENTD_VERSION);
    // Not (1, 1): CLI11 would then answer an unknown command with "a subcommand is required".
    app.require_subcommand(0, 1);
    CliOptionSet options(app);
    declareGlobals(options, request.bus);
    std::vector<std::unique_ptr<CliOptionSet>> optionSets; // of each command, in the same order
    optionSets.reserve(commands.size());
    for (const auto& command : commands) {
        optionSets.push_back(declare(app, *command, request.bus));
    }
    if (!parse(app, argc, argv)) return request;
    for (std::size_t i = 0; i < commands.size(); ++i) {
        if (!app.got_subcommand(commands[i]->name())) continue;
        optionSets[i]->parseRest(findBehindEnd(argc, argv));
        request.command = std::move(commands[i]);
    }
    if (!request.command) throw UsageError("a command is required (see keventctl --help)");
    return request;
}

} // namespace keventd::ctl
