// Broadcasts the stream to whoever listens on the bus: every public event, in order, as far as the ceiling
// allows.
//
// It has a cursor into the history and is nobody's subscription: it is not acknowledged and has no filter,
// since the broker's match rules choose. What it does not send, it tells.
#pragma once

#include "daemon/base/ceiling.h"
#include "daemon/base/event_loop.h"
#include "daemon/base/rate_limit.h"
#include "daemon/publish/broadcast_connection.h"
#include "daemon/publish/broadcast_interface.h"
#include "daemon/publish/broadcast_options.h"
#include "daemon/sources/source.h"
#include "daemon/stream/stream.h"

#include <cstdint>
#include <optional>
#include <string>

namespace keventd {

class Broadcaster {
public:
    /// @param address  D-Bus address (isBusAddress())
    /// @param options  their rate is not 0
    /// @param stream   outlives this
    /// @param udev     tells whether udevd runs; outlives this
    Broadcaster(EventLoop& loop, std::string address, const BroadcastOptions& options, const Stream& stream,
                const Source& udev);
    Broadcaster(const Broadcaster&) = delete;
    Broadcaster& operator=(const Broadcaster&) = delete;

    /// What is sent from now on.
    void change(const BroadcastOptions& options);

private:
    void serveOn(sd_bus* bus);
    void leave();
    void pump();
    void onJoined();
    void sendWhatFits();
    void step(bool withKernel);
    void send(BroadcastInterface& interface, const EventView& event);
    void skip(std::uint64_t from, std::uint64_t end);
    void onTick();
    void tellSkipped(BroadcastInterface& interface);
    void armTick();
    [[nodiscard]] bool sendsKernel() const;
    [[nodiscard]] BroadcastInterface* interfaceOf(const EventView& event, bool withKernel);
    [[nodiscard]] bool isBehind() const { return next_ < stream_.history().nextId(); }

    const Stream& stream_;
    const Source& udev_;
    BroadcastOptions::Kernel kernel_;
    Ceiling ceiling_;
    BroadcastInterface events_;
    BroadcastInterface kernelEvents_;
    BusSlotHandle eventsSlot_;
    BusSlotHandle kernelEventsSlot_;
    std::uint64_t next_ = 0; // id of the next event to look at; 0 before the bus was first joined
    std::optional<std::uint64_t> connectedAt_; // the stream's next id at that time, until the bus is joined
    bool isJoined_ = false;                    // as far as this has heard
    bool isTickArmed_ = false;
    RateLimit failureLog_;
    EventLoop::Handle tick_;  // a second, while there is something to wait for
    EventLoop::Handle again_; // there is more to send: another turn, without waiting for anything
    BroadcastConnection connection_;
    EventLoop::Handle afterTurn_; // behind the connection's own
};

} // namespace keventd
