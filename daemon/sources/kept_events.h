// Arrivals that are kept, for who wants them all.
#pragma once

#include "daemon/sources/arrivals.h"

#include <utility>
#include <vector>

namespace keventd {

class KeptEvents final : public Arrivals {
public:
    void add(Event event) override { events_.push_back(std::move(event)); }
    [[nodiscard]] std::vector<Event> take() { return std::exchange(events_, {}); }

private:
    std::vector<Event> events_;
};

} // namespace keventd
