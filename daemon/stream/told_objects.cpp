#include "daemon/stream/told_objects.h"

#include "keventd/names.h"

#include <algorithm>
#include <array>
#include <span>

namespace keventd {
namespace {

/// How a source tells its objects apart, and that one is gone.
struct Kind {
    const char* source;
    std::array<const char*, 3> keys; ///< properties; those that are missing are empty
    const char* gone;                ///< action; "": none goes
};
constexpr std::array Kinds{
    Kind{names::source::Link, {"IFINDEX", "", ""}, names::action::Remove},
    Kind{names::source::Address, {"IFINDEX", "ADDRESS", "PEER"}, names::action::Remove},
    Kind{names::source::Mount, {"MOUNT_ID", "", ""}, names::action::Umount},
    Kind{names::source::Power, {"", "", ""}, ""}, // one, which does not go: the clocks
};

const Kind* findKind(std::string_view source) {
    const auto found = std::find_if(Kinds.begin(), Kinds.end(),
                                    [source](const Kind& kind) { return source == kind.source; });
    return found == Kinds.end() ? nullptr : &*found;
}

std::string keyOf(const Event& event, const Kind& kind) {
    std::string all;
    for (const char* key : kind.keys) all.append(event.properties.find(key).value_or("")).append(1, ' ');
    return all;
}

} // namespace

bool ToldObjects::has(std::string_view source) {
    return findKind(source) != nullptr;
}

bool ToldObjects::apply(const Event& event) {
    const Kind* kind = findKind(event.source);
    if (kind == nullptr) return false;
    Objects& objects = all_[event.source];
    if (*kind->gone != 0 && event.action == kind->gone) {
        objects.erase(keyOf(event, *kind));
    } else {
        objects.insert_or_assign(keyOf(event, *kind), event);
    }
    return true;
}

std::vector<Event> ToldObjects::of(const std::string& source) const {
    std::vector<Event> events;
    const auto found = all_.find(source);
    if (found == all_.end()) return events;
    for (const auto& [key, event] : found->second) events.push_back(event);
    return events;
}

} // namespace keventd
