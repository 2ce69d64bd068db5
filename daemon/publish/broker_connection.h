// The daemon on a message bus: joined when the bus is there, joined again when it comes back.
//
// Nothing here waits. Where there is no bus yet, sd-bus watches for its socket (inotify), and everything that
// a connection needs is asked for asynchronously. Without any bus the daemon does its work all the same.
#pragma once

#include "daemon/base/c_handles.h"
#include "daemon/base/event_loop.h"
#include "daemon/publish/manager_object.h"

#include <string>

namespace keventd {

class BrokerConnection {
public:
    /// @param address  D-Bus address
    /// @throws FatalError if the address is malformed
    BrokerConnection(EventLoop& loop, std::string address, ManagerObject& manager, Publisher& publisher);
    BrokerConnection(const BrokerConnection&) = delete;
    BrokerConnection& operator=(const BrokerConnection&) = delete;
    ~BrokerConnection();

    /// @param option  "system", "session" or an address
    /// @return the D-Bus address: of $DBUS_SYSTEM_BUS_ADDRESS, $DBUS_SESSION_BUS_ADDRESS, or where the
    ///         specification puts it
    /// @throws FatalError if there is no session bus
    [[nodiscard]] static std::string addressOf(const std::string& option);

private:
    void join();
    void configure();
    void watchConnection();
    void addMatches();
    void requestName();
    void onConnected();
    void onDisconnected();
    void onNameReply(sd_bus_message* reply);
    void onNameOwnerChanged(sd_bus_message* signal);
    void leave();
    void rejoin();

    EventLoop& loop_;
    std::string address_;
    ManagerObject& manager_;
    Publisher& publisher_;
    EventLoop::Handle rejoinTimer_;
    BusHandle bus_;
    ManagerObject::Serving serving_;
    BusSlotHandle connectedSlot_;
    BusSlotHandle disconnectedSlot_;
    BusSlotHandle ownersSlot_;
    BusSlotHandle nameSlot_;
};

} // namespace keventd
