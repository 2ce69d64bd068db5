// Which events a subscription wants, compiled from its options.
#pragma once

#include "daemon/stream/glob.h"
#include "keventd/event.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keventd {

/// The text of an event that a list of globs may be given for.
enum class EventField { Source, Subsystem, Action, Object, Attribute };

[[nodiscard]] const char* textOf(const EventView& event, EventField field);

class Filter {
public:
    /// Demands that this field match one of `globs`; an empty list demands nothing.
    void addField(EventField field, std::vector<Glob> globs);
    /// Demands that the property be there and match `glob`, or another glob added for the same key.
    void addProperty(std::string key, Glob glob);

    /// @return true if the event satisfies everything demanded; events about a loss (`keventd`/`overrun`,
    ///         `keventd`/`resynced`) always do
    [[nodiscard]] bool matches(const EventView& event) const;
    /// @return whether the event satisfies what is demanded of its fields; its properties are not looked at
    [[nodiscard]] bool matchesFields(const EventView& event) const;

    /// @return the texts of which this field must be one, each once; none if others may match, too
    [[nodiscard]] std::vector<std::string> exactTexts(EventField field) const;
    /// @return what events of certain objects are found by, if the filter demands some, each once: an object,
    ///         or, up to its last "/", what it begins with. None if any object may match
    [[nodiscard]] const std::vector<std::string>& objectKeys() const { return objectKeys_; }
    /// @return it as keventctl(1) takes it: "subsystem=block,usb ID_BUS=ata"; empty if it demands nothing.
    ///         Commas and blanks in a glob are quoted: "ID_MODEL=Flash\ Disk"
    [[nodiscard]] std::string text() const;
    /// @return bytes of its globs and keys
    [[nodiscard]] std::size_t textBytes() const { return textBytes_; }
    /// @return whether the event passes every filter: it tells of a loss
    [[nodiscard]] static bool passesAll(const EventView& event);

private:
    std::size_t textBytes_ = 0;
    std::vector<std::string> objectKeys_;
    std::vector<std::pair<EventField, std::vector<Glob>>> fields_;
    std::vector<std::pair<std::string, std::vector<Glob>>> properties_;
};

} // namespace keventd
