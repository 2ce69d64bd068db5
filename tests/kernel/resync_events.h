// What a resync publishes, told apart.
#pragma once

#include "keventd/names.h"
#include "tests/support/stream_checks.h"

#include <string>
#include <vector>

namespace keventd::test {

/// @return whether keventd says this about its stream
[[nodiscard]] inline bool isAbout(const Event& event, const char* action) {
    return event.source == names::source::Keventd && event.action == action;
}
/// @return whether a comparison has found it
[[nodiscard]] inline bool isFound(const Event& event) {
    return (event.flags & EventFlag::Resync) != 0;
}
/// @return "action object" of each event that was found by comparison
[[nodiscard]] inline std::vector<std::string> foundIn(const Events& events) {
    std::vector<std::string> all;
    for (const Event* event : select(events, isFound)) all.push_back(event->action + " " + event->object);
    return all;
}

/// @return devpath of a virtual network interface
[[nodiscard]] inline std::string pathOf(const std::string& interface) {
    return "/devices/virtual/net/" + interface;
}

} // namespace keventd::test
