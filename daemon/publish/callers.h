// Whoever calls is known before the call is served: what one may take and see depends on its user.
//
// On the private socket the kernel says who it is. On a bus the broker is asked, once for each client; what
// the client calls meanwhile waits, and is served in its order.
#pragma once

#include "daemon/base/c_handles.h"
#include "daemon/publish/clients.h"

#include <functional>
#include <map>
#include <vector>

namespace keventd {

class Callers {
public:
    using Handler = std::function<void()>;

    /// @param clients  outlive the object
    explicit Callers(Clients& clients);
    Callers(const Callers&) = delete;
    Callers& operator=(const Callers&) = delete;

    /// Runs the handler, now or when it is known who calls; what it throws answers the call.
    /// @return as sd_bus_message_handler_t
    int serve(sd_bus_message* call, sd_bus_error* error, Handler handler) noexcept;

private:
    struct Held {
        BusMessageHandle call;
        Handler handler;
    };
    /// One client of whom the broker has been asked. It does not move: sd-bus points to it.
    struct Unknown {
        Callers* callers = nullptr;
        Peer peer;
        std::vector<Held> held;
        BusSlotHandle question;
    };

    void hold(const Peer& caller, sd_bus_message* call, Handler handler);
    void ask(const Peer& caller);
    static int onAnswer(sd_bus_message* answer, void* unknown, sd_bus_error* error) noexcept;
    void release(const Peer& caller, const Identity& identity);

    Clients& clients_;
    std::map<Peer, Unknown> unknown_;
};

} // namespace keventd
