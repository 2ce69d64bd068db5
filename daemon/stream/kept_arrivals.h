// Arrivals that are written down as they come, and kept for the sequencer.
#pragma once

#include "daemon/sources/arrivals.h"
#include "daemon/stream/waiting_log.h"

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace keventd {

class KeptArrivals final : public Arrivals {
public:
    /// May flag an event; returns false of one that is left out.
    using Look = std::function<bool(Event&)>;

    /// @param log, events  outlive the object
    KeptArrivals(WaitingLog& log, std::vector<Event>& events, Look look)
        : log_(log), events_(events), look_(std::move(look)) {}

    void add(Event event) override {
        if (!look_(event)) return;
        log_.add(event);
        events_.push_back(std::move(event));
    }
    [[nodiscard]] std::uint64_t count() const override { return log_.lastNumber(); }

private:
    WaitingLog& log_;
    std::vector<Event>& events_;
    Look look_;
};

} // namespace keventd
