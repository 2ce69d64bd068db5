// One page of the history: the answer to GetEvents.
#pragma once

#include "daemon/publish/large_answer.h"
#include "daemon/publish/subscribe_options.h"
#include "daemon/stream/stream.h"

#include <cstdint>
#include <systemd/sd-bus.h>

namespace keventd {

class EventPage final : public LargeAnswer {
public:
    struct Wanted {
        SubscribeOptions options;
        bool seesAdmin;    ///< events that are not public, too
        std::uint32_t max; ///< events at most; 0: as many as fit
    };

    /// @param call, stream  outlive the page
    EventPage(sd_bus_message* call, Wanted wanted, const Stream& stream);

    /// Answers the call with (stream, first, events, next).
    /// @return true
    /// @throws BusError StreamChanged, InvalidOption
    [[nodiscard]] bool work(const TurnBudget& budget) override;

private:
    [[nodiscard]] std::uint64_t append(sd_bus_message* reply, std::uint64_t first,
                                       const TurnBudget& budget) const;
    [[nodiscard]] bool isWanted(const EventView& event) const;

    sd_bus_message* call_;
    Wanted wanted_;
    const Stream& stream_;
};

} // namespace keventd
