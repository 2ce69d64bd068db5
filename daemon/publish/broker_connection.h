// The daemon on a message bus: joined when the bus is there, joined again when it comes back.
//
// Nothing here waits. Where there is no bus yet, sd-bus watches for its socket (inotify), and everything that
// a connection needs is asked for asynchronously. What fails is tried again, and told once; without any bus,
// or without the name on it, the daemon does its work all the same.
#pragma once

#include "daemon/base/c_handles.h"
#include "daemon/base/event_loop.h"
#include "daemon/publish/backoff.h"
#include "daemon/publish/clients.h"
#include "daemon/publish/manager_object.h"

#include <optional>
#include <string>
#include <string_view>

namespace keventd {

class BrokerConnection {
public:
    /// @param address  D-Bus address (isBusAddress())
    BrokerConnection(EventLoop& loop, std::string address, ManagerObject& manager, Clients& clients);
    BrokerConnection(const BrokerConnection&) = delete;
    BrokerConnection& operator=(const BrokerConnection&) = delete;
    ~BrokerConnection();

    /// @param option  "system", "session" or an address
    /// @return the D-Bus address: of $DBUS_SYSTEM_BUS_ADDRESS, $DBUS_SESSION_BUS_ADDRESS, or where the
    ///         specification puts it
    /// @throws FatalError if there is no session bus
    [[nodiscard]] static std::string addressOf(const std::string& option);

private:
    template <typename Function>
    int guarded(Function&& function) noexcept;
    void join();
    void open();
    void configure();
    void watchForBus();
    void addMatches();
    void requestName();
    void onConnected();
    void onNameReply(sd_bus_message* reply);
    void onNameAcquired(sd_bus_message* signal);
    void onNameOwnerChanged(sd_bus_message* signal);
    void onOwnName();
    void leave();
    void onTurn();
    void rejoinIfEnded();
    [[nodiscard]] const char* howItEnded() const;
    void joinLater(std::string_view reason);
    void requestNameLater(std::string_view reason);

    EventLoop& loop_;
    std::string address_;
    ManagerObject& manager_;
    Clients& clients_;
    Backoff joinBackoff_;
    Backoff nameBackoff_;
    EventLoop::Handle joinTimer_;
    EventLoop::Handle nameTimer_;
    EventLoop::Handle afterTurn_;
    BusHandle bus_;
    bool isConnected_ = false;
    bool ownsName_ = false;
    std::optional<std::string> failure_; // of our own on this connection, which then is to end
    ManagerObject::Serving serving_;
    BusSlotHandle connectedSlot_;
    BusSlotHandle ownersSlot_;
    BusSlotHandle acquiredSlot_;
    BusSlotHandle nameSlot_;
};

} // namespace keventd
