// Random histories of arrivals for the sequencer, small enough to read when one of them fails.
#pragma once

#include "daemon/stream/sequencer.h"
#include "tests/unit/support/events.h"

#include <iosfwd>
#include <rapidcheck.h>
#include <vector>

namespace keventd::test {

/// What happens at one moment: an event arrives, or numbers up to `announced` become known. Then perhaps
/// everything is released that may leave.
struct Step {
    int ms = 0;
    Event event;
    std::uint64_t announced = 0; // not 0: no event arrives
    bool thenRelease = false;
};

struct Arrivals {
    Sequencer::Options options;
    std::vector<Step> steps;
};

enum class UdevTiming {
    Any,         ///< copies of udev come before and after their kernel events, or without
    AfterKernel, ///< they come after, or without
};

/// Numbers in nearly their order, with holes, stragglers, repeats, copies of udev shuffled, events without
/// SEQNUM and announcements between them; some numbers from before the start. Each event has its place in the
/// history as its realtime, and each of a source without SEQNUM its place as its object too.
[[nodiscard]] rc::Gen<Arrivals> anyArrivals(UdevTiming timing);
/// The same with little room to wait in.
[[nodiscard]] rc::Gen<Arrivals> anyArrivalsInLittleRoom();

std::ostream& operator<<(std::ostream& out, const Arrivals& arrivals);

} // namespace keventd::test
