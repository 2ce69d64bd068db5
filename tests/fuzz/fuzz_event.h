// An event out of the pieces of an input: its texts, its numbers, then its properties.
#pragma once

#include "keventd/event.h"
#include "tests/fuzz/fuzz_input.h"

#include <chrono>
#include <string>

namespace keventd::fuzz {

/// @param takeText  takes the next text off an input
template <typename TakeText>
Event eventFrom(Input input, TakeText takeText) {
    Event event;
    for (std::string* text :
         {&event.source, &event.action, &event.subsystem, &event.object, &event.attribute}) {
        *text = takeText(input);
    }
    event.id = input.number();
    event.seqnum = input.number();
    event.boottime = std::chrono::microseconds(input.number());
    event.realtime = std::chrono::microseconds(input.number());
    event.flags = static_cast<std::uint32_t>(input.number());
    while (!input.empty()) {
        const std::string key = takeText(input);
        event.properties.set(key, takeText(input));
    }
    return event;
}

} // namespace keventd::fuzz
