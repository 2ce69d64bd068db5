// One source of the intake, and what is to be remembered of it between two readings.
#pragma once

#include "daemon/base/ceiling.h"
#include "daemon/base/event_loop.h"
#include "daemon/sources/source.h"
#include "daemon/stream/kept_arrivals.h"
#include "daemon/stream/loss_reports.h"
#include "daemon/stream/sequencer.h"
#include "daemon/stream/told_drops.h"
#include "daemon/stream/waiting_log.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace keventd {

struct Inlet {
    struct Reading {
        Inlet* inlet;
        std::vector<Event> events;
        Drained drained;
    };

    /// Reads what has arrived, at most about `budget` messages, and writes it down; of one that has failed,
    /// nothing. What its rate holds back is told by an event before the next that passes.
    [[nodiscard]] Reading read(std::size_t budget, const Sequencer& sequencer, WaitingLog& waiting,
                               LossReports& losses);
    /// @return what tells of the events that have been held back
    [[nodiscard]] Event takeHeldBack(LossReports& losses);

    /// To be called with each reading. Where a loss can begin is asked when it is first seen: later its holes
    /// may have been closed.
    void noteFirstLost(const Drained& drained, const Sequencer& sequencer);
    /// @param newest  SEQNUM
    /// @return where the loss lies that was noted; nothing of a source without SEQNUMs
    [[nodiscard]] std::optional<LossReports::Range> rangeOfLoss(std::uint64_t newest) const;

    Source* source = nullptr;
    bool isNumbered = true;                ///< its events have SEQNUMs
    ToldDrops* told = nullptr;             ///< of Intake::Input
    std::optional<std::uint64_t> gapAfter; ///< of Intake::Input
    std::function<void()> onMoved;         ///< of Intake::Input
    bool isSettled = false;                ///< what nobody has listened to before the socket is told
    bool hasGap = false;                   ///< there was something to tell
    bool inBacklog = true;                 ///< has not been empty since the start
    bool isEmpty = false;                  ///< after the last reading
    std::optional<std::uint64_t> lossFrom; ///< lowest SEQNUM of a loss that was seen, and is not yet told
    std::optional<Ceiling> ceiling;
    std::uint64_t heldBack = 0; ///< events, by the ceiling, that have not been told of
    bool hasFailed = false;     ///< it is not read until another descriptor is open
    EventLoop::Handle watch;

private:
    [[nodiscard]] bool hasWaited(const Event& event, const Sequencer& sequencer) const;
    [[nodiscard]] bool admits(KeptArrivals& arrivals, LossReports& losses);
    [[nodiscard]] std::uint64_t lowestLost(const Sequencer& sequencer) const;
};

} // namespace keventd
