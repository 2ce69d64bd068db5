// One interface on which events are broadcast, and what it owes its listeners: word of what it has not sent.
#pragma once

#include "daemon/base/c_handles.h"
#include "keventd/event.h"

#include <cstdint>
#include <optional>

namespace keventd {

class BroadcastInterface {
public:
    /// Ids, inclusive.
    struct Range {
        std::uint64_t from;
        std::uint64_t to;
    };

    /// @param name  a literal
    explicit BroadcastInterface(const char* name) : name_(name) {}

    /// Has the object on this connection tell of the interface, as long as the slot lives.
    [[nodiscard]] BusSlotHandle serveOn(sd_bus* bus) const;

    /// These are not sent, or perhaps not; told with the next event, or by tellSkipped().
    void skip(const Range& ids);
    [[nodiscard]] const std::optional<Range>& skipped() const { return skipped_; }
    /// @return upper bound of the bytes sent
    /// @throws FatalError if it cannot be sent; it is owed then as before
    std::size_t tellSkipped(sd_bus* bus);
    /// Sends an event, and before it what is owed.
    /// @return upper bound of the bytes sent
    /// @throws FatalError if the event cannot be sent
    std::size_t send(sd_bus* bus, const EventView& event);

private:
    [[nodiscard]] BusMessageHandle newSignal(sd_bus* bus, const char* member) const;

    const char* name_;
    std::optional<Range> skipped_;
};

} // namespace keventd
