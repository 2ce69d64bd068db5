#include "daemon/stream/own_event.h"

#include "daemon/base/clock.h"
#include "keventd/names.h"

#include <utility>

namespace keventd {
namespace {

/// Properties: numbers of messages that are missing (nlmsghdr::nlmsg_seq).
constexpr const char* MissingFrom = "NLMSG_SEQ_FROM";
constexpr const char* MissingTo = "NLMSG_SEQ_TO";

} // namespace

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

Event overrunEvent(std::string_view source, std::optional<std::uint64_t> count) {
    Event event = streamEvent(names::action::Overrun, source);
    if (count) event.properties.set(names::key::Count, std::to_string(*count));
    return event;
}

Event missingEvent(std::string_view source, std::uint32_t first, std::uint32_t count) {
    Event event = overrunEvent(source, count);
    event.properties.set(MissingFrom, std::to_string(first));
    event.properties.set(MissingTo, std::to_string(static_cast<std::uint32_t>(first + count - 1)));
    return event;
}

bool tellsOfMissing(const Event& event) {
    return event.properties.find(MissingFrom).has_value();
}

Event limitedEvent(std::string_view source, std::uint64_t count) {
    Event event = streamEvent(names::action::Limited, source);
    event.properties.set(names::key::Count, std::to_string(count));
    return event;
}

Event resyncedEvent(std::string_view source, std::size_t differences, std::uint64_t overrun) {
    Event event = streamEvent(names::action::Resynced, source);
    event.properties.set(names::key::Count, std::to_string(differences));
    if (overrun != 0) event.properties.set(names::key::Overrun, std::to_string(overrun));
    return event;
}

} // namespace keventd
