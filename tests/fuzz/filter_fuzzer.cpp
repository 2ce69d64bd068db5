// Filters made of any globs, over any event: one that demands more lets no more pass.
// Input, a line each: five texts of the event; then, again and again, a letter for what to demand, and a glob
// (of a property: KEY=GLOB).
#include "daemon/stream/filter.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using keventd::Event;
using keventd::EventField;
using keventd::Filter;
using keventd::Glob;

Event eventFrom(keventd::fuzz::Input& input) {
    Event event;
    for (std::string* text :
         {&event.source, &event.action, &event.subsystem, &event.object, &event.attribute}) {
        *text = input.text();
    }
    event.properties.set("ACTION", event.action);
    event.properties.set("DEVPATH", event.object);
    return event;
}

void demand(Filter& filter, char what, const std::string& text) {
    const std::size_t equals = text.find('=');
    if (what == 'p' && equals == std::string::npos) return;
    const auto glob = Glob::parse(what == 'p' ? text.substr(equals + 1) : text);
    if (!glob) return;
    switch (what) {
    case 'p':
        return filter.addProperty(text.substr(0, equals), *glob);
    case 's':
        return filter.addField(EventField::Source, {*glob});
    case 'u':
        return filter.addField(EventField::Subsystem, {*glob});
    case 'a':
        return filter.addField(EventField::Action, {*glob});
    case 't':
        return filter.addField(EventField::Attribute, {*glob});
    default:
        return filter.addField(EventField::Object, {*glob});
    }
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    keventd::fuzz::Input input(data, size);
    const Event event = eventFrom(input);
    Filter filter;
    keventd::fuzz::require(filter.matches(viewOf(event)), "an empty filter lets everything pass");
    while (!input.empty()) {
        const std::string what = input.text();
        const bool before = filter.matches(viewOf(event));
        const bool isField = !what.starts_with('p');
        demand(filter, what.empty() ? 'o' : what.front(), input.text());
        // (A second glob for one property is an alternative, so it may let more pass.)
        if (isField)
            keventd::fuzz::require(before || !filter.matches(viewOf(event)), "a demand lets no more pass");
    }
    return 0;
}
