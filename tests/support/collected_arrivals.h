// What a source has told, for a test to look at.
#pragma once

#include "daemon/sources/arrivals.h"

#include <utility>
#include <vector>

namespace keventd::test {

struct CollectedArrivals : Arrivals {
    void add(Event event) override { events.push_back(std::move(event)); }

    std::vector<Event> events;
};

} // namespace keventd::test
