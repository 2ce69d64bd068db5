// Arrivals that are written down as they come, and kept for the sequencer.
#pragma once

#include "daemon/sources/arrivals.h"
#include "daemon/stream/loss_reports.h"
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

    /// @param source  names::source, a literal: whose they are
    /// @param log, events, losses  outlive the object
    KeptArrivals(const char* source, WaitingLog& log, std::vector<Event>& events, LossReports& losses,
                 Look look)
        : source_(source), log_(log), events_(events), losses_(losses), look_(std::move(look)) {}

    void add(Event event) override {
        if (look_(event)) keep(std::move(event));
    }
    /// Adds an event that is not looked at.
    void keep(Event event) {
        log_.add(event);
        events_.push_back(std::move(event));
    }
    void miss(std::uint32_t first, std::uint32_t count) override {
        keep(losses_.missing(source_, first, count));
    }
    [[nodiscard]] std::uint64_t count() const override { return log_.lastNumber(); }

private:
    const char* source_;
    WaitingLog& log_;
    std::vector<Event>& events_;
    LossReports& losses_;
    Look look_;
};

} // namespace keventd
