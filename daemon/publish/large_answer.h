// An answer that takes long to put together, or much room: pages of the history, lists of devices and
// of subscriptions.
#pragma once

#include "daemon/base/turn_budget.h"

namespace keventd {

class LargeAnswer {
public:
    LargeAnswer() = default;
    LargeAnswer(const LargeAnswer&) = delete;
    LargeAnswer& operator=(const LargeAnswer&) = delete;
    virtual ~LargeAnswer() = default;

    /// Goes on with it for a turn, and sends it when it is complete.
    /// @return whether it has been sent
    /// @throws BusError with which the call is answered then
    [[nodiscard]] virtual bool work(const TurnBudget& budget) = 0;
};

} // namespace keventd
