// One page of the history: the answer to GetEvents.
#pragma once

#include "daemon/publish/subscribe_options.h"
#include "daemon/stream/stream.h"

#include <cstdint>
#include <systemd/sd-bus.h>

namespace keventd {

struct EventPage {
    const SubscribeOptions& options;
    bool seesAdmin;    ///< events that are not public, too
    std::uint32_t max; ///< events at most; 0: as many as fit

    /// Answers the call with (stream, first, events, next).
    /// @throws BusError StreamChanged, InvalidOption
    void reply(sd_bus_message* call, const Stream& stream) const;

private:
    [[nodiscard]] std::uint64_t append(sd_bus_message* reply, const History& history,
                                       std::uint64_t first) const;
};

} // namespace keventd
