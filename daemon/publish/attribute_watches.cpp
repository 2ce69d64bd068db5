#include "daemon/publish/attribute_watches.h"

#include "daemon/base/text.h"
#include "daemon/publish/bus_error.h"
#include "keventd/names.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace keventd {
namespace {

const char* errorNameOf(RefusedAttribute::Kind kind) {
    switch (kind) {
    case RefusedAttribute::Kind::Missing:
        return names::error::NoSuchAttribute;
    case RefusedAttribute::Kind::NotPermitted:
        return names::error::NotPermitted;
    case RefusedAttribute::Kind::NotSuitable:
        return names::error::NotAnAttribute;
    case RefusedAttribute::Kind::Failed:
        return SD_BUS_ERROR_FAILED;
    }
    return SD_BUS_ERROR_FAILED;
}

// The reason first: what a client has sent may be long, and the end of a message is cut off.
BusError errorOf(const RefusedAttribute& refused, const AttributeName& name) {
    return {errorNameOf(refused.kind),
            text(refused.reason, ": attribute '", name.attribute, "' of ", name.object)};
}

// What may have taken files away, whoever says so: drivers take theirs along when they are unbound.
bool mayTakeAway(const EventView& event) {
    constexpr std::array<std::string_view, 4> actions{"remove", "unbind", "move", "offline"};
    return event.source != std::string_view(names::source::Attribute) &&
           std::find(actions.begin(), actions.end(), event.action) != actions.end();
}

// Text that is escaped is not that of sysfs.
std::string_view placeOf(const EventView& event) {
    if ((event.flags & EventFlag::Escaped) != 0) return "/";
    if (event.action == std::string_view("move")) return event.properties.find("DEVPATH_OLD").value_or("/");
    return event.object;
}

} // namespace

AttributeWatches::AttributeWatches(EventLoop& loop, const Stream& stream, Clients& clients,
                                   AttributeSource& source, bool isSwitchedOn)
    : stream_(stream), clients_(clients), source_(source), isSwitchedOn_(isSwitchedOn),
      afterTurn_(loop.addPost("devices of attributes", [this] { followDevices(); })) {
    source_.whenGone([this](const AttributeName& name) { forgetGone(name); });
    clients_.whenGone([this](const Clients::HasGone& hasGone) { forget(hasGone); });
}

// If there is another one of the name by now, it is that which is wanted.
void AttributeWatches::watch(const Peer& client, const AttributeName& name) {
    if (!isSwitchedOn_)
        throw BusError(names::error::NotPermitted, "source attribute is switched off in the configuration");
    source_.endIfGone(name);
    const auto known = watchers_.find(name);
    if (known != watchers_.end() && known->second.contains(client)) return;
    ClientAccount& account = clients_.accountOf(client);
    account.addWatch();
    if (known == watchers_.end()) {
        if (const auto refused = source_.watch(name)) {
            account.removeWatch();
            throw errorOf(*refused, name);
        }
    }
    watchers_[name].insert(client);
}

void AttributeWatches::unwatch(const Peer& client, const AttributeName& name) {
    const auto known = watchers_.find(name);
    if (known == watchers_.end() || known->second.erase(client) == 0) {
        throw BusError(names::error::NoSuchWatch, text("this client does not watch it: attribute '",
                                                       name.attribute, "' of ", name.object));
    }
    clients_.accountOf(client).removeWatch();
    if (!known->second.empty()) return;
    watchers_.erase(known);
    source_.unwatch(name);
}

void AttributeWatches::forgetGone(const AttributeName& name) {
    const auto gone = watchers_.extract(name);
    if (!gone) return;
    for (const Peer& client : gone.mapped()) clients_.accountOf(client).removeWatch();
}

void AttributeWatches::forget(const Clients::HasGone& hasGone) {
    for (auto next = watchers_.begin(); next != watchers_.end();) {
        const auto watched = next++;
        std::erase_if(watched->second, [&](const Peer& client) {
            if (!hasGone(client)) return false;
            clients_.accountOf(client).removeWatch();
            return true;
        });
        if (!watched->second.empty()) continue;
        source_.unwatch(watched->first);
        watchers_.erase(watched);
    }
}

void AttributeWatches::followDevices() {
    const History& history = stream_.history();
    if (watchers_.empty()) lookedAtUpTo_ = history.nextId();
    if (lookedAtUpTo_ < history.firstId()) { // the history has overtaken us
        lookedAtUpTo_ = history.firstId();
        source_.lookAgain("/");
    }
    for (; lookedAtUpTo_ < history.nextId(); ++lookedAtUpTo_) {
        const EventView event = history.at(lookedAtUpTo_);
        if (mayTakeAway(event)) source_.lookAgain(placeOf(event));
    }
}

} // namespace keventd
