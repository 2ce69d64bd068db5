// The machine was asleep, or its clock was set: source `power`. Observed: a timer that never expires is
// cancelled by both (TFD_TIMER_CANCEL_ON_SET, timerfd_create(2)), and the clocks tell what it was. Nothing
// wakes the daemon in between.
//
// A sleep that the kernel cannot measure (less than a second, where the clock of the hardware counts seconds)
// leaves no trace, and is not told.
#pragma once

#include "daemon/base/unique_fd.h"
#include "daemon/sources/clock_offsets.h"
#include "daemon/sources/observed_source.h"

namespace keventd {

/// In its statistics, `received` counts looks.
class PowerSource : public ObservedSource {
public:
    /// @throws FatalError if there are no descriptors left
    PowerSource();

    /// Says how the clocks stood when an earlier daemon of this boot last looked: the first drain() tells
    /// what has happened since, flagged resync. To be called before it.
    void goOnFrom(const ClockOffsets& known);
    /// The same, as the last of these events says.
    void begin(const std::vector<Event>& told) override;
    /// @return one event, which says how the clocks stand
    [[nodiscard]] std::vector<Event> readAll() override;

    [[nodiscard]] int descriptor() const override { return timer_.get(); }
    [[nodiscard]] Drained drain(Arrivals& arrivals, std::size_t budget) override;

private:
    void look(Arrivals& arrivals);

    UniqueFd timer_;
    ClockOffsets offsets_;
    bool isResync_ = false; // the offsets are of an earlier daemon
};

} // namespace keventd
