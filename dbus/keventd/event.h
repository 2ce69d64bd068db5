// The event: one plain value for every source, and the bytes both ends of the bus agree on.
//
// Event owns its text; EventView borrows the same shape from wherever it lies (an Event, a history
// record), every string NUL-terminated so that C libraries can read it in place.
#pragma once

#include "keventd/properties.h"

#include <chrono>
#include <cstdint>
#include <string>

namespace keventd {

/// Bits of Event::flags. A receiver ignores bits that it does not know.
enum EventFlag : std::uint32_t {
    Late = 1,      ///< came after its hole in SEQNUM was closed; out of SEQNUM order
    Synthetic = 2, ///< asked for by a write to a sysfs `uevent` file (SYNTH_UUID)
    Injected = 4,  ///< sent through the kernel by a process, not by a driver
    Early = 8,     ///< recorded by the hotplug helper before the daemon ran
    Present = 16,  ///< describes what exists, not what happened
    Resync = 32,   ///< found by comparison after a loss
    Escaped = 64,  ///< text is written with \xNN (dbus/org.keventd1.Manager.xml says how)
    Queued = 128,  ///< waited in a socket before the daemon read it: the times are of the reading
};

/// One event. Everything but the strings is zero where the source has nothing to say.
struct Event {
    std::uint64_t id = 0;                  ///< place in the stream; nothing of meaning before it has one
    std::string source;                    ///< names.h, namespace source
    std::string action;                    ///< the verb, verbatim
    std::string subsystem;                 ///< block, net, …
    std::string object;                    ///< devpath without /sys; empty where no kobject exists
    std::string attribute;                 ///< the attribute that the event is about, or empty
    std::uint64_t seqnum = 0;              ///< kernel SEQNUM
    std::chrono::microseconds boottime{0}; ///< CLOCK_BOOTTIME when the daemon, or the hotplug helper, read it
    std::chrono::microseconds realtime{0}; ///< CLOCK_REALTIME of the same moment
    std::uint32_t flags = 0;               ///< EventFlag bits
    PropertyList properties;               ///< all that the source said, and KEVENTD_*
};

/// An event that lies somewhere else; valid as long as that place is. All strings are NUL-terminated.
struct EventView {
    std::uint64_t id = 0;
    const char* source = "";
    const char* action = "";
    const char* subsystem = "";
    const char* object = "";
    const char* attribute = "";
    std::uint64_t seqnum = 0;
    std::chrono::microseconds boottime{0};
    std::chrono::microseconds realtime{0};
    std::uint32_t flags = 0;
    PropertyView properties;
};

/// Borrows an event; the view ends with it.
[[nodiscard]] inline EventView viewOf(const Event& event) {
    return {event.id,
            event.source.c_str(),
            event.action.c_str(),
            event.subsystem.c_str(),
            event.object.c_str(),
            event.attribute.c_str(),
            event.seqnum,
            event.boottime,
            event.realtime,
            event.flags,
            event.properties};
}

/// @return a copy that owns its text
[[nodiscard]] inline Event ownedCopy(const EventView& view) {
    Event event{view.id,     view.source,   view.action,   view.subsystem, view.object, view.attribute,
                view.seqnum, view.boottime, view.realtime, view.flags,     {}};
    for (const Property property : view.properties) event.properties.set(property.key, property.value);
    return event;
}

} // namespace keventd
