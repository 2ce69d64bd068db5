// Arrivals that are written down as they come, and kept for the sequencer.
#pragma once

#include "daemon/sources/arrivals.h"
#include "daemon/stream/own_event.h"
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

    /// @param source       names::source, a literal: whose they are
    /// @param log, events  outlive the object
    KeptArrivals(const char* source, WaitingLog& log, std::vector<Event>& events, Look look)
        : source_(source), log_(log), events_(events), look_(std::move(look)) {}

    void add(Event event) override {
        if (look_(event)) keep(std::move(event));
    }
    void miss(std::uint64_t count) override { keep(overrunEvent(source_, count)); }
    [[nodiscard]] std::uint64_t count() const override { return log_.lastNumber(); }

private:
    void keep(Event event) {
        log_.add(event);
        events_.push_back(std::move(event));
    }

    const char* source_;
    WaitingLog& log_;
    std::vector<Event>& events_;
    Look look_;
};

} // namespace keventd
