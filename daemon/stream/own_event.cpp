#include "daemon/stream/own_event.h"

#include "daemon/base/clock.h"
#include "keventd/names.h"

#include <utility>

namespace keventd {

Event ownEvent(const char* source, const char* action, std::string subsystem) {
    const ReadTime now = readTimeNow();
    Event event;
    event.source = source;
    event.action = action;
    event.subsystem = std::move(subsystem);
    event.boottime = now.boottime;
    event.realtime = now.realtime;
    return event;
}

Event streamEvent(const char* action, std::string_view about) {
    Event event = ownEvent(names::source::Keventd, action, names::source::Keventd);
    event.properties.set(names::key::Source, about);
    return event;
}

} // namespace keventd
