// Calls of Resync: answered together when a comparison that began after them has been published.
#pragma once

#include "daemon/base/c_handles.h"
#include "daemon/publish/clients.h"
#include "daemon/stream/reconciler.h"

#include <cstdint>
#include <list>

namespace keventd {

class ResyncCalls {
public:
    /// All outlive the object.
    ResyncCalls(const Stream& stream, Reconciler& reconciler, Clients& clients);
    ResyncCalls(const ResyncCalls&) = delete;
    ResyncCalls& operator=(const ResyncCalls&) = delete;

    /// Answers the call with (next, differences) later.
    /// @throws BusError AccessDenied; LimitExceeded if too many of this client's are waiting
    void add(sd_bus_message* call);

private:
    struct Call {
        Peer caller;
        BusMessageHandle message;
    };

    void compare();
    void answer(std::uint64_t differences);

    const Stream& stream_;
    Reconciler& reconciler_;
    Clients& clients_;
    std::list<Call> waiting_;  // for a comparison that has not begun
    std::list<Call> answered_; // by the one that goes on
    bool isComparing_ = false;
};

} // namespace keventd
