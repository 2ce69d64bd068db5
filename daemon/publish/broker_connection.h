// The daemon on a message bus, as org.keventd1: where it is called, and sends subscribers what they asked
// for.
#pragma once

#include "daemon/publish/bus_membership.h"
#include "daemon/publish/clients.h"
#include "daemon/publish/manager_object.h"

#include <string>

namespace keventd {

class BrokerConnection {
public:
    /// @param address  D-Bus address (isBusAddress())
    BrokerConnection(EventLoop& loop, std::string address, ManagerObject& manager, Clients& clients);
    BrokerConnection(const BrokerConnection&) = delete;
    BrokerConnection& operator=(const BrokerConnection&) = delete;

    /// @param option  "system", "session" or an address
    /// @return the D-Bus address: of $DBUS_SYSTEM_BUS_ADDRESS, $DBUS_SESSION_BUS_ADDRESS, or where the
    ///         specification puts it
    /// @throws FatalError if there is no session bus
    [[nodiscard]] static std::string addressOf(const std::string& option);

    [[nodiscard]] const std::string& address() const { return membership_.address(); }

private:
    void watchClients(sd_bus* bus);
    void onNameOwnerChanged(sd_bus_message* signal);
    void leave(sd_bus* bus);

    ManagerObject& manager_;
    Clients& clients_;
    ManagerObject::Serving serving_;
    BusSlotHandle ownersSlot_;
    BusMembership membership_; // last: it uses the others to its end
};

} // namespace keventd
