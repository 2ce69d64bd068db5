#include "client/keventctl/event_query.h"

#include "client/keventctl/filters.h"
#include "client/keventctl/json.h"
#include "client/keventctl/text_printer.h"
#include "client/keventctl/values.h"

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <fnmatch.h>

namespace keventd::ctl {
namespace {

std::chrono::microseconds boottimeNow() {
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::seconds(now.tv_sec) +
                                                                 std::chrono::nanoseconds(now.tv_nsec));
}

/// Source: https://no-color.org
bool isColourWanted() {
    const char* value = std::getenv("NO_COLOR");
    return value == nullptr || *value == '\0';
}

bool matchesAny(const std::vector<std::string>& globs, const char* text) {
    return std::any_of(globs.begin(), globs.end(),
                       [text](const std::string& glob) { return fnmatch(glob.c_str(), text, 0) == 0; });
}

} // namespace

void EventQuery::declare(OptionSet& options) {
    options.arguments(
        "FILTER", [this](const auto& arguments) { options_.filter = parseFilters(arguments); },
        "KEY=GLOB[,GLOB...]: source, subsystem, action, object, attribute, or a property");
    declareForm(options);
    options.value(
        "--since", "ID|oldest|DURATION", [this](const std::string& text) { setSince(text); },
        "Begin at this id, at the oldest event kept, or so long ago");
    options.value(
        "--stream", "ID", [this](const std::string& text) { options_.stream = text; },
        "The stream that the id of --since belongs to");
}

void EventQuery::declareForm(OptionSet& options) {
    options.flag("--json", asJson_, "One JSON object a line");
    options.flag("--properties", withProperties_, "Show the properties, too (JSON always does)");
}

void EventQuery::declareCount(OptionSet& options) {
    options.value(
        "--count", "N", [this](const std::string& text) { count_ = parseCount(text); }, "End after N events");
}

void EventQuery::setSince(const std::string& text) {
    const auto since = parseSince(text);
    if (const auto* id = std::get_if<std::uint64_t>(&since)) {
        options_.since = *id;
    } else {
        const Duration ago = std::get<Duration>(since);
        options_.sinceBoottime = std::max(boottimeNow() - ago, Duration(0)); // 0 is the boot
    }
}

bool EventQuery::asksForSource(const char* source) const {
    return matchesAny(options_.filter.sources, source);
}

bool EventQuery::asksForAction(const std::string& action) const {
    return options_.filter.actions.empty() || matchesAny(options_.filter.actions, action.c_str());
}

const char* EventQuery::findFormOption() const {
    return asJson_ ? "--json" : withProperties_ ? "--properties" : nullptr;
}

std::unique_ptr<EventPrinter> EventQuery::makePrinter(bool isTerminal) const {
    if (asJson_) return makeJsonPrinter();
    return std::make_unique<TextPrinter>(TextStyle{isTerminal && isColourWanted(), withProperties_});
}

} // namespace keventd::ctl
