#include "daemon/sources/link_table.h"

#include "daemon/sources/property_number.h"
#include "keventd/names.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace keventd {
namespace {

constexpr const char* Subsystem = "net";

// The kernel renames a device where it stands (device_rename() in drivers/base/core.c).
std::string renamed(const std::string& devpath, std::string_view name) {
    return devpath.substr(0, devpath.rfind('/') + 1).append(name);
}

} // namespace

/// What is told when a property changes.
struct LinkTable::Tracked {
    const char* property;
    const char* attribute; ///< of sysfs; empty: the verb says it
    const char* verb;
    const char* verbOfZero; ///< when the property has become 0
};

// In the order in which they are told. The name comes first, on its own: it changes the devpath.
std::span<const LinkTable::Tracked> LinkTable::allTracked() {
    namespace action = names::action;
    static constexpr std::array all{
        Tracked{link::Up, "", action::Up, action::Down},
        Tracked{link::Carrier, "carrier", action::Carrier, action::NoCarrier},
        Tracked{link::Operstate, "operstate", action::Change, action::Change},
        Tracked{link::Mtu, "mtu", action::Change, action::Change},
        Tracked{link::Address, "address", action::Change, action::Change},
        Tracked{link::Master, "master", action::Change, action::Change},
        Tracked{link::TxQueueLength, "tx_queue_len", action::Change, action::Change},
        Tracked{link::Alias, "ifalias", action::Change, action::Change},
    };
    return all;
}

bool LinkTable::isTracked(std::string_view key) {
    const auto all = allTracked();
    const auto hasKey = [key](const Tracked& tracked) { return key == tracked.property; };
    return key == link::Interface || std::any_of(all.begin(), all.end(), hasKey);
}

// @return what the message says of it, if it is not as known
std::optional<std::string> LinkTable::newValue(const Link& link, const LinkMessage& message,
                                               const char* key) {
    const auto value = message.properties.find(key);
    if (!value || *value == link.properties.find(key).value_or("")) return std::nullopt;
    return std::string(*value);
}

Event LinkTable::eventOf(const Link& link, const char* action) {
    Event event;
    event.source = names::source::Link;
    event.action = action;
    event.subsystem = Subsystem;
    event.object = link.devpath;
    event.properties = link.properties;
    return event;
}

void LinkTable::put(const Event& told) {
    const auto ifindex = findNumber<int>(told.properties, link::Ifindex);
    if (!ifindex) return;
    Link link{told.object, {}};
    for (const Property property : told.properties) {
        if (!property.key.starts_with("KEVENTD_") && !property.key.ends_with("_OLD"))
            link.properties.set(property.key, property.value);
    }
    links_.insert_or_assign(*ifindex, std::move(link));
}

void LinkTable::take(const LinkMessage& message, const Telling& telling) {
    if (message.isRemoval) return remove(message.ifindex, telling);
    const auto known = links_.find(message.ifindex);
    if (known == links_.end()) return add(message, telling);
    change(known->second, message, telling);
}

// What says no name is no whole description, and of an interface that is not known (any more).
void LinkTable::add(const LinkMessage& message, const Telling& telling) {
    if (!message.properties.find(link::Interface)) return;
    const Link link{locate_(message.properties), message.properties};
    telling.tell(eventOf(link, names::action::Add));
    links_.emplace(message.ifindex, link);
}

void LinkTable::change(Link& link, const LinkMessage& message, const Telling& telling) {
    for (const Property property : message.properties) {
        if (!isTracked(property.key)) link.properties.set(property.key, property.value);
    }
    if (const auto name = newValue(link, message, link::Interface)) rename(link, *name, telling);
    for (const Tracked& tracked : allTracked()) {
        if (const auto value = newValue(link, message, tracked.property))
            tellChange(link, tracked, *value, telling);
    }
}

void LinkTable::rename(Link& link, const std::string& name, const Telling& telling) {
    const std::string nameBefore(link.properties.find(link::Interface).value_or(""));
    const std::string devpathBefore = std::exchange(link.devpath, renamed(link.devpath, name));
    link.properties.set(link::Interface, name);
    Event event = eventOf(link, names::action::Rename);
    event.properties.set("INTERFACE_OLD", nameBefore);
    event.properties.set("DEVPATH_OLD", devpathBefore);
    telling.tell(std::move(event));
}

void LinkTable::tellChange(Link& link, const Tracked& tracked, const std::string& value,
                           const Telling& telling) {
    const std::string before(link.properties.find(tracked.property).value_or(""));
    link.properties.set(tracked.property, value);
    Event event = eventOf(link, value == "0" ? tracked.verbOfZero : tracked.verb);
    event.attribute = tracked.attribute;
    if (!event.attribute.empty()) {
        event.properties.set(names::key::Value, value);
        event.properties.set(names::key::OldValue, before);
    }
    telling.tell(std::move(event));
}

void LinkTable::remove(int ifindex, const Telling& telling) {
    const auto known = links_.find(ifindex);
    if (known == links_.end()) return;
    telling.tell(eventOf(known->second, names::action::Remove));
    links_.erase(known);
}

void LinkTable::keepOnly(const std::set<Key>& ifindexes, const Telling& telling) {
    std::vector<int> gone;
    for (const auto& [ifindex, link] : links_) {
        if (!ifindexes.contains(ifindex)) gone.push_back(ifindex);
    }
    for (const int ifindex : gone) remove(ifindex, telling);
}

std::string LinkTable::devpathOf(int ifindex) const {
    const auto known = links_.find(ifindex);
    return known == links_.end() ? "" : known->second.devpath;
}

std::string LinkTable::nameOf(int ifindex) const {
    const auto known = links_.find(ifindex);
    return known == links_.end() ? ""
                                 : std::string(known->second.properties.find(link::Interface).value_or(""));
}

} // namespace keventd
