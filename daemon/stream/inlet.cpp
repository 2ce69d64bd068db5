#include "daemon/stream/inlet.h"

#include <algorithm>
#include <utility>

namespace keventd {

Inlet::Reading Inlet::read(std::size_t budget, const Sequencer& sequencer, WaitingLog& waiting,
                           LossReports& losses) {
    Reading reading{this, {}, {}};
    if (hasFailed) return reading;
    KeptArrivals arrivals(source->name(), waiting, reading.events, losses, [&](Event& event) {
        if (hasWaited(event, sequencer)) event.flags |= EventFlag::Queued;
        return admits(arrivals, losses);
    });
    reading.drained = source->drain(arrivals, budget);
    return reading;
}

bool Inlet::hasWaited(const Event& event, const Sequencer& sequencer) const {
    return inBacklog && source->inherited() && event.seqnum != 0 &&
           event.seqnum <= sequencer.options().startSeqnum;
}

bool Inlet::admits(KeptArrivals& arrivals, LossReports& losses) {
    if (!ceiling) return true;
    if (!ceiling->admit(Ceiling::Clock::now())) {
        ++heldBack;
        return false;
    }
    if (heldBack > 0) arrivals.keep(takeHeldBack(losses));
    return true;
}

Event Inlet::takeHeldBack(LossReports& losses) {
    return losses.heldBack(source->name(), std::exchange(heldBack, 0));
}

void Inlet::noteFirstLost(const Drained& drained, const Sequencer& sequencer) {
    const bool isLoss = drained.lost > 0 || drained.lossPending || drained.unknownLoss || drained.failed;
    if (isNumbered && isLoss && !lossFrom) lossFrom = lowestLost(sequencer);
}

std::uint64_t Inlet::lowestLost(const Sequencer& sequencer) const {
    const bool canBeOlderThanUs = inBacklog && source->inherited();
    return canBeOlderThanUs ? sequencer.lowestMissingInBacklog(source->name())
                            : sequencer.lowestMissing(source->name());
}

std::optional<LossReports::Range> Inlet::rangeOfLoss(std::uint64_t newest) const {
    if (!lossFrom) return std::nullopt;
    return LossReports::Range{std::min(*lossFrom, newest), newest};
}

} // namespace keventd
