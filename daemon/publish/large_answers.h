// Calls with large answers, served one after the other, a little in each turn of the loop: to ask udev's
// database for all devices of a large machine takes some hundred milliseconds, and others must not wait for
// that. Callers take turns, one call of each.
//
// An answer is begun when its client, or its bus, has read those before: so nobody who asks again and again
// and reads nothing fills our memory. A call that waits costs its message and what it asks for.
#pragma once

#include "daemon/base/c_handles.h"
#include "daemon/base/event_loop.h"
#include "daemon/publish/clients.h"
#include "daemon/publish/large_answer.h"

#include <list>
#include <map>
#include <memory>
#include <optional>

namespace keventd {

class LargeAnswers {
public:
    /// @param clients  outlive the object
    LargeAnswers(EventLoop& loop, Clients& clients);
    LargeAnswers(const LargeAnswers&) = delete;
    LargeAnswers& operator=(const LargeAnswers&) = delete;

    /// Answers the call in a later turn.
    /// @throws BusError if too many of this client's are waiting
    void add(sd_bus_message* call, std::unique_ptr<LargeAnswer> answer);

private:
    struct Call {
        BusMessageHandle message;
        std::unique_ptr<LargeAnswer> answer;
    };
    using Calls = std::map<Peer, std::list<Call>>; // none of them empty

    void turn();
    [[nodiscard]] bool work(Call& call);
    void end();
    void forget(const Clients::HasGone& hasGone);
    [[nodiscard]] std::optional<Peer> nextCaller() const;

    Clients& clients_;
    Calls calls_;
    std::optional<Peer> caller_; // whose first call is being answered
    Peer servedLast_;
    EventLoop::Handle turn_;
    EventLoop::Handle afterTurn_;
};

} // namespace keventd
