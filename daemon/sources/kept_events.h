// Arrivals that are kept, for who wants them all.
#pragma once

#include "daemon/sources/arrivals.h"

#include <utility>
#include <vector>

namespace keventd {

struct KeptEvents final : Arrivals {
    void add(Event event) override { events.push_back(std::move(event)); }
    [[nodiscard]] std::vector<Event> take() { return std::exchange(events, {}); }

    std::vector<Event> events;
};

} // namespace keventd
