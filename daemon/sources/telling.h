// How the events of one message are told: when it was read, why, and to whom.
#pragma once

#include "daemon/base/clock.h"
#include "daemon/sources/arrivals.h"

#include <cstdint>
#include <utility>

namespace keventd {

struct Telling {
    ReadTime now;
    std::uint32_t flags; ///< EventFlag bits of all its events
    Arrivals& arrivals;

    void tell(Event event) const {
        event.boottime = now.boottime;
        event.realtime = now.realtime;
        event.flags = flags;
        arrivals.add(std::move(event));
    }
};

} // namespace keventd
