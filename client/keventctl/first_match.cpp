#include "client/keventctl/first_match.h"

#include "client/keventctl/text_printer.h"
#include "keventd/names.h"

#include <cstdio>
#include <string>

namespace keventd::ctl {

FirstMatch::FirstMatch(const EventQuery& query, const Interruption& interruption, int outputFd)
    : query_(query), interruption_(interruption), output_(outputFd, interruption) {}

void FirstMatch::onEvent(const Event& event) {
    if (found_) return;
    if (isAskedFor(event)) {
        found_ = event;
    } else if (event.action == names::action::Overrun) {
        hasLost_ = true;
        std::string line;
        appendOverrun(line, event.properties);
        tell(line);
    }
}

// The daemon lets events about the stream pass every filter.
bool FirstMatch::isAskedFor(const Event& event) const {
    if (event.source != names::source::Keventd) return true;
    return query_.asksForSource(names::source::Keventd) && query_.asksForAction(event.action);
}

void FirstMatch::onLost(std::uint64_t from, std::uint64_t to, std::string_view reason) {
    if (found_) return;
    hasLost_ = true;
    tell("lost events " + std::to_string(from) + " to " + std::to_string(to) + ": " + std::string(reason));
}

void FirstMatch::tell(std::string_view line) {
    if (found_) return;
    std::fprintf(stderr, "keventctl: %.*s\n", static_cast<int>(line.size()), line.data());
}

bool FirstMatch::isDone() const {
    return found_ || output_.isClosed() || interruption_.hasCome();
}

} // namespace keventd::ctl
