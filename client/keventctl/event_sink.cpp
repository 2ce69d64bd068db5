#include "client/keventctl/event_sink.h"

#include "keventd/names.h"

#include <cstdio>
#include <exception>
#include <string>
#include <unistd.h>

namespace keventd::ctl {

EventSink::EventSink(const EventQuery& query, const Interruption& interruption)
    : interruption_(interruption), output_(STDOUT_FILENO, interruption),
      printer_(query.makePrinter(output_.isTerminal())), wanted_(query.count()),
      countsOfStream_(query.asksForSource(names::source::Keventd)) {}

EventSink::~EventSink() {
    try {
        output_.flush();
    } catch (const std::exception&) {
        // An error of its own is on its way already, or finish() has reported this one.
    }
}

void EventSink::onEvent(const Event& event) {
    if (isFull()) return;
    if (wanted_ && (countsOfStream_ || event.source != names::source::Keventd)) --*wanted_;
    printer_->append(output_.buffer(), event);
    output_.flushIfFull();
}

void EventSink::onLost(std::uint64_t from, std::uint64_t to, std::string_view reason) {
    if (isFull()) return; // lies behind what was asked for
    hasLost_ = true;
    tell("lost events " + std::to_string(from) + " to " + std::to_string(to) + ": " + std::string(reason));
}

void EventSink::tell(std::string_view line) {
    if (isFull()) return;
    output_.flush(); // so that the two stay in order on a terminal
    std::fprintf(stderr, "keventctl: %.*s\n", static_cast<int>(line.size()), line.data());
}

bool EventSink::isDone() const {
    return isFull() || output_.isClosed() || interruption_.hasCome();
}

ExitStatus EventSink::finish() {
    output_.flush();
    if (output_.hasDropped()) {
        std::fputs("keventctl: nobody reads what is printed, dropped the rest of it\n", stderr);
        return ExitStatus::Lost;
    }
    if (hasLost_) return ExitStatus::Lost;
    const bool hasEndedBefore = isFull() || output_.isClosed() || interruption_.isStopped();
    return !hasEndedBefore && interruption_.isExpired() ? ExitStatus::TimedOut : ExitStatus::Done;
}

} // namespace keventd::ctl
