#include "daemon/sources/address_table.h"

#include "daemon/sources/link_message.h"
#include "keventd/names.h"

#include <string_view>

namespace keventd {
namespace {

std::string valueOf(const PropertyList& properties, const char* key) {
    return std::string(properties.find(key).value_or(""));
}

Event eventOf(PropertyList properties, const AddressTable::Interface& interface) {
    Event event;
    event.source = names::source::Address;
    event.action = names::action::Add;
    event.subsystem = "net";
    event.object = interface.devpath;
    event.properties = std::move(properties);
    event.properties.set(link::Interface, interface.name);
    return event;
}

Event withAction(Event event, const char* action) {
    event.action = action;
    return event;
}

} // namespace

AddressTable::Key AddressTable::keyOf(const PropertyList& properties) {
    return valueOf(properties, link::Ifindex) + " " + valueOf(properties, address::Address) + " " +
           valueOf(properties, address::Peer);
}

void AddressTable::put(const Event& told) {
    Event event = told;
    event.attribute.clear();
    event.properties.clear();
    for (const Property property : told.properties) {
        if (!property.key.starts_with("KEVENTD_")) event.properties.set(property.key, property.value);
    }
    addresses_.insert_or_assign(keyOf(told.properties), std::move(event));
}

void AddressTable::take(const AddressMessage& message, const Telling& telling) {
    const Key key = keyOf(message.properties);
    const auto known = addresses_.find(key);
    if (known != addresses_.end()) refresh(known->second, message.ifindex);
    if (message.isRemoval) {
        if (known == addresses_.end()) return;
        telling.tell(withAction(known->second, names::action::Remove));
        addresses_.erase(known);
    } else if (known == addresses_.end()) {
        Event event = eventOf(message.properties, locate_(message.ifindex));
        telling.tell(event);
        addresses_.emplace(key, std::move(event));
    } else if (auto event = changed(known->second, message)) {
        telling.tell(std::move(*event));
    }
}

// The interface may have been renamed since; one that has gone is called as it was told last.
void AddressTable::refresh(Event& known, int ifindex) const {
    const Interface interface = locate_(ifindex);
    if (interface.name.empty()) return;
    known.object = interface.devpath;
    known.properties.set(link::Interface, interface.name);
}

std::optional<Event> AddressTable::changed(Event& known, const AddressMessage& message) {
    const std::string before = valueOf(known.properties, address::Flags);
    const std::string value = valueOf(message.properties, address::Flags);
    if (before == value) return std::nullopt;
    known.properties.set(address::Flags, value);
    Event event = withAction(known, names::action::Change);
    event.attribute = "flags";
    event.properties.set(names::key::Value, value);
    event.properties.set(names::key::OldValue, before);
    return event;
}

void AddressTable::keepOnly(const std::set<Key>& keys, const Telling& telling) {
    for (auto known = addresses_.begin(); known != addresses_.end();) {
        if (keys.contains(known->first)) {
            ++known;
        } else {
            telling.tell(withAction(known->second, names::action::Remove));
            known = addresses_.erase(known);
        }
    }
}

} // namespace keventd
