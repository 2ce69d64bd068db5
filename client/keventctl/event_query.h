// What commands that show events have in common on the command line: which events, how many, in what form.
#pragma once

#include "client/keventctl/event_printer.h"
#include "client/keventctl/option_set.h"
#include "keventd/options.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace keventd::ctl {

class EventQuery {
public:
    /// All but --count.
    void declare(OptionSet& options);
    /// --json and --properties alone.
    void declareForm(OptionSet& options);
    void declareCount(OptionSet& options);

    /// @return FILTER and --since as options of the library
    [[nodiscard]] const EventOptions& options() const { return options_; }
    /// @return --count
    [[nodiscard]] std::optional<std::uint64_t> count() const { return count_; }
    /// @return whether FILTER names this source: events about the stream (`keventd`) come to everybody,
    ///         and are not what was asked for unless it was said
    [[nodiscard]] bool asksForSource(const char* source) const;
    /// @return whether an event of this action is asked for; any is, unless FILTER says which
    [[nodiscard]] bool asksForAction(const std::string& action) const;
    /// @param isTerminal  whether people are looking: colours, unless NO_COLOR is set
    [[nodiscard]] std::unique_ptr<EventPrinter> makePrinter(bool isTerminal) const;
    /// @return --json or --properties; null if none is given
    [[nodiscard]] const char* findFormOption() const;

private:
    void setSince(const std::string& text);

    EventOptions options_;
    std::optional<std::uint64_t> count_;
    bool asJson_ = false;
    bool withProperties_ = false;
};

} // namespace keventd::ctl
