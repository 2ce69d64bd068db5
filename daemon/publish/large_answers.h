// Calls with large answers, served one after the other, a little in each turn of the loop: to ask udev's
// database for all devices of a large machine takes some hundred milliseconds, and others must not wait for
// that. Users take turns, and the clients of each, one call at a time.
//
// An answer is begun when its client, or its bus, has read those before: so nobody who asks again and again
// and reads nothing fills our memory with answers. A call that waits costs its message and what it asks for.
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
    using Calls = std::list<Call>;
    struct User {
        std::map<Peer, Calls> clients; // none of them empty
        Peer servedLast;
    };
    using Users = std::map<std::optional<uid_t>, User>; // none of them empty
    struct Caller {
        std::optional<uid_t> user;
        Peer client;
    };

    void turn();
    [[nodiscard]] bool work(Call& call);
    void end();
    void forget(const Clients::HasGone& hasGone);
    [[nodiscard]] std::optional<Caller> nextCaller() const;
    [[nodiscard]] Calls& callsOf(const Caller& caller);

    Clients& clients_;
    Users users_;
    std::optional<Caller> caller_; // whose first call is being answered
    std::optional<uid_t> servedLast_;
    EventLoop::Handle turn_;
    EventLoop::Handle afterTurn_;
};

} // namespace keventd
