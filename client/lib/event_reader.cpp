#include "client/lib/event_reader.h"

#include "keventd/names.h"

namespace keventd {
inline namespace client {
namespace {

// Kept, because sdbus-c++ 1.2 wants a std::string, and would else allocate one for each event.
const compat::SignatureText EventStruct = names::EventStructContents;
const compat::SignatureText PropertyEntry = "{ss}";
const compat::SignatureText PropertyPair = "ss";

/// The text stays in the message; it is gone with it.
const char* readText(sdbus::Message& message) {
    char* text = nullptr;
    message >> text;
    return text == nullptr ? "" : text;
}

std::chrono::microseconds readTime(sdbus::Message& message) {
    std::uint64_t usec = 0;
    message >> usec;
    return std::chrono::microseconds(usec);
}

/// Leaves an array after the attempt to read beyond its last element.
void leaveArray(sdbus::Message& message) {
    message.clearFlags();
    message.exitContainer();
}

void readProperties(sdbus::Message& message, PropertyList& properties) {
    properties.clear();
    message.enterContainer(PropertyEntry);
    while (message.enterDictEntry(PropertyPair)) {
        const char* key = readText(message);
        const char* value = readText(message);
        properties.set(key, value);
        message.exitDictEntry();
    }
    leaveArray(message);
}

} // namespace

EventReader::EventReader(sdbus::Message& message) : message_(message) {
    message_.enterContainer(names::EventSignature);
}

bool EventReader::next(Event& event) {
    if (!message_.enterStruct(EventStruct)) {
        leaveArray(message_);
        return false;
    }
    message_ >> event.id;
    for (std::string* text :
         {&event.source, &event.action, &event.subsystem, &event.object, &event.attribute}) {
        text->assign(readText(message_));
    }
    message_ >> event.seqnum;
    event.boottime = readTime(message_);
    event.realtime = readTime(message_);
    message_ >> event.flags;
    readProperties(message_, event.properties);
    message_.exitStruct();
    return true;
}

} // namespace client
} // namespace keventd
