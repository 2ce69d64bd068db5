#include "daemon/sources/mount_event.h"

#include "daemon/sources/property_number.h"
#include "keventd/names.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace keventd {
namespace {

namespace key = names::mount_key;

const char* actionOf(MountChangeKind kind) {
    switch (kind) {
    case MountChangeKind::Umounted:
        return names::action::Umount;
    case MountChangeKind::Mounted:
        return names::action::Mount;
    case MountChangeKind::Moved:
        return names::action::Move;
    case MountChangeKind::Remounted:
        return names::action::Remount;
    }
    return "";
}

Event eventOf(const Mount& mount, const char* action) {
    Event event;
    event.source = names::source::Mount;
    event.action = action;
    event.subsystem = names::source::Mount;
    event.object = mount.devpath;
    PropertyList& properties = event.properties;
    properties.set(key::Mountpoint, mount.mountpoint);
    properties.set(key::Fstype, mount.fstype);
    properties.set(key::Source, mount.source);
    properties.set(key::Options, mount.options);
    properties.set(key::SuperOptions, mount.superOptions);
    properties.set(key::Root, mount.root);
    properties.set(key::Propagation, mount.propagation);
    properties.set(key::MountId, std::to_string(mount.id));
    properties.set(key::ParentId, std::to_string(mount.parent));
    properties.set(key::Major, std::to_string(mount.major));
    properties.set(key::Minor, std::to_string(mount.minor));
    return event;
}

void setOld(PropertyList& properties, const char* name, std::string_view before, std::string_view after) {
    if (before != after) properties.set(name, before);
}

int digitOf(char digit) {
    constexpr std::string_view Digits = "0123456789abcdef";
    const std::size_t found = Digits.find(digit);
    return found == std::string_view::npos ? -1 : static_cast<int>(found);
}

// @param text  in which each \xNN stands for a byte: appendEscaped() wrote it
std::string unescaped(std::string_view text) {
    std::string bytes;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const std::string_view rest = text.substr(at, 4);
        const bool isByte =
            rest.size() == 4 && rest.starts_with("\\x") && digitOf(rest[2]) >= 0 && digitOf(rest[3]) >= 0;
        bytes += isByte ? static_cast<char>(digitOf(rest[2]) * 16 + digitOf(rest[3])) : text[at];
        if (isByte) at += 3;
    }
    return bytes;
}

/// Reads the strings of an event as they were before the stream escaped them.
class Strings {
public:
    explicit Strings(const EventView& event) : event_(event) {}

    [[nodiscard]] std::string text(std::string_view written) const {
        return (event_.flags & EventFlag::Escaped) != 0 ? unescaped(written) : std::string(written);
    }
    [[nodiscard]] std::string property(const char* name) const {
        return text(event_.properties.find(name).value_or(""));
    }

private:
    const EventView& event_;
};

std::optional<Mount> mountOf(const EventView& event) {
    const Strings strings(event);
    const auto id = findNumber<int>(event.properties, key::MountId);
    const auto parent = findNumber<int>(event.properties, key::ParentId);
    const auto major = findNumber<unsigned>(event.properties, key::Major);
    const auto minor = findNumber<unsigned>(event.properties, key::Minor);
    if (!id || !parent || !major || !minor) return std::nullopt;
    Mount mount{*id, *parent, *major, *minor, {}, {}, {}, {}, {}, {}, {}, {}};
    mount.root = strings.property(key::Root);
    mount.mountpoint = strings.property(key::Mountpoint);
    mount.fstype = strings.property(key::Fstype);
    mount.source = strings.property(key::Source);
    mount.options = strings.property(key::Options);
    mount.superOptions = strings.property(key::SuperOptions);
    mount.propagation = strings.property(key::Propagation);
    mount.devpath = strings.text(event.object);
    return mount;
}

} // namespace

Event mountEvent(const MountChange& change) {
    const Mount& mount = change.after != nullptr ? *change.after : *change.before;
    Event event = eventOf(mount, actionOf(change.kind));
    if (change.before == nullptr || change.after == nullptr) return event;
    setOld(event.properties, key::MountpointOld, change.before->mountpoint, mount.mountpoint);
    setOld(event.properties, key::ParentIdOld, std::to_string(change.before->parent),
           std::to_string(mount.parent));
    setOld(event.properties, key::OptionsOld, change.before->options, mount.options);
    setOld(event.properties, key::SuperOptionsOld, change.before->superOptions, mount.superOptions);
    return event;
}

Event presentMount(const Mount& mount) {
    Event event = eventOf(mount, names::action::Mount);
    event.flags = EventFlag::Present;
    return event;
}

void applyMountEvent(MountTable& table, const EventView& event) {
    if (event.source != std::string_view(names::source::Mount)) return;
    auto mount = mountOf(event);
    if (!mount) return;
    if (event.action == std::string_view(names::action::Umount)) {
        table.remove(mount->id);
    } else {
        table.set(std::move(*mount));
    }
}

} // namespace keventd
