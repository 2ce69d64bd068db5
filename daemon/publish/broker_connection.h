// The daemon on a message bus, as org.keventd1: where it is called, and sends subscribers what they asked
// for.
//
// A broker that stops reading it (BusProbe) does so because of clients that do not read what they have asked
// for, or have acknowledged. Then the bus is joined anew: clients that resume go on, and those that do not
// read have to ask again.
#pragma once

#include "daemon/publish/bus_membership.h"
#include "daemon/publish/bus_probe.h"
#include "daemon/publish/clients.h"
#include "daemon/publish/manager_object.h"

#include <cstdint>
#include <string>

namespace keventd {

class BrokerConnection {
public:
    /// Messages that wait for the broker to read them, above which it is given up at once. Far more than
    /// clients leave who wait for their answers. Most have some 100 bytes, introspection 10 KiB, and a few at
    /// a time are larger (MaxQueuedWrites).
    static constexpr std::uint64_t MaxUnreadMessages = 8192;

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
    [[nodiscard]] bool isConnected() const;
    [[nodiscard]] bool isToBeAsked() const;
    void ask();
    void watchBroker();
    void onTick();
    void renew();

    ManagerObject& manager_;
    Clients& clients_;
    ManagerObject::Serving serving_;
    BusSlotHandle ownersSlot_;
    BusProbe probe_;
    std::uint64_t askedAt_ = 0; // bytes sent before the last question
    bool isTickArmed_ = false;
    EventLoop::Handle tick_;   // a second, while something was sent that may not have been read
    BusMembership membership_; // it uses the others to its end
    EventLoop::Handle afterTurn_;
};

} // namespace keventd
