// One connection to a message bus, with one name on it: joined when the bus is there, joined again when it
// comes back.
//
// Nothing here waits. Where there is no bus yet, sd-bus watches for its socket (inotify), and everything that
// a connection needs is asked for asynchronously. What fails is tried again, and told once; without any bus,
// or without the name on it, the daemon does its work all the same. What the connection is used for is its
// owner's business.
#pragma once

#include "daemon/base/c_handles.h"
#include "daemon/base/event_loop.h"
#include "daemon/publish/backoff.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace keventd {

class BusMembership {
public:
    /// What becomes of each connection, in this order. What the first two throw ends the connection, and the
    /// bus is joined again.
    struct Handlers {
        std::function<void(sd_bus*)> onOpen;    ///< it is made, and not yet connected: objects can be served
        std::function<void(sd_bus*)> onConnect; ///< the broker can be asked, and what is asked is queued
        std::function<void(sd_bus*)> onLeave;   ///< it is about to be closed: whatever refers to it must go
    };

    enum class NameUse {
        Kept,     ///< nobody can take the name from us
        HandedOn, ///< the next connection takes it from the one before: renew()
    };

    /// @param address  D-Bus address (isBusAddress())
    /// @param name     to own on the bus, a literal
    BusMembership(EventLoop& loop, std::string address, const char* name, Handlers handlers,
                  NameUse use = NameUse::Kept);
    BusMembership(const BusMembership&) = delete;
    BusMembership& operator=(const BusMembership&) = delete;
    ~BusMembership();

    /// @return D-Bus address
    [[nodiscard]] const std::string& address() const { return address_; }
    /// @return whether the present connection is in order, and the name is its own
    [[nodiscard]] bool ownsName() const { return ownsName_ && !failure_; }
    /// @return the present connection, borrowed; nullptr if there is none
    [[nodiscard]] sd_bus* bus() const { return bus_.get(); }
    /// Closes the connection, and joins again at once, taking the name along (NameUse::HandedOn). Not to be
    /// called from what sd-bus calls.
    void renew();

    /// Runs a function reached from C through the present connection; if it throws, the connection ends
    /// after the turn.
    /// @return 0
    template <typename Function>
    int guarded(Function&& function) noexcept {
        try {
            function();
        } catch (const std::exception& error) {
            failure_ = error.what();
        }
        return 0;
    }

private:
    void join();
    void open();
    void configure();
    void watchForBus();
    void watchName();
    void requestName();
    void onConnected();
    void onNameReply(sd_bus_message* reply);
    void onNameAcquired(sd_bus_message* signal);
    void onNameLost(sd_bus_message* signal);
    [[nodiscard]] BusSlotHandle matchDriver(const char* signal, sd_bus_message_handler_t handler);
    void onOwnName();
    void leave();
    void onTurn();
    void rejoinIfEnded();
    void rejoinIfBound();
    [[nodiscard]] bool isWatching() const;
    [[nodiscard]] const char* howItEnded() const;
    void tellOnce(std::string_view reason, bool wasJoined);
    void joinLater();
    void requestNameLater(std::string_view reason);

    EventLoop& loop_;
    std::string address_;
    const char* name_;
    NameUse use_;
    Handlers handlers_;
    Backoff joinBackoff_;
    Backoff boundBackoff_;
    Backoff nameBackoff_;
    EventLoop::Handle joinTimer_;
    EventLoop::Handle nameTimer_;
    EventLoop::Handle afterTurn_;
    BusHandle bus_;
    bool isConnected_ = false;
    bool isBound_ = false; // the socket is there, and refuses connections
    bool ownsName_ = false;
    bool takesNameAlong_ = false; // from the connection before, which the bus may not know to have ended
    std::optional<std::string> failure_; // of our own on this connection, which then is to end
    BusSlotHandle connectedSlot_;
    BusSlotHandle acquiredSlot_;
    BusSlotHandle lostSlot_;
    BusSlotHandle nameSlot_;
};

} // namespace keventd
