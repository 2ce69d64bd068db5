#include "daemon/publish/broker_connection.h"

#include "daemon/base/errors.h"
#include "dbus/bus_address.h"
#include "keventd/names.h"

#include <utility>

namespace keventd {

std::string BrokerConnection::addressOf(const std::string& option) {
    if (option == "system") return systemBusAddress();
    if (option != "session") return option;
    if (const auto address = findSessionBusAddress()) return *address;
    throw FatalError("no session bus: neither DBUS_SESSION_BUS_ADDRESS nor XDG_RUNTIME_DIR is set");
}

BrokerConnection::BrokerConnection(EventLoop& loop, std::string address, ManagerObject& manager,
                                   Clients& clients)
    : manager_(manager), clients_(clients),
      membership_(loop, std::move(address), names::Bus,
                  {.onOpen = [this](sd_bus* bus) { serving_ = manager_.serveOn(bus); },
                   .onConnect = [this](sd_bus* bus) { watchClients(bus); },
                   .onLeave = [this](sd_bus* bus) { leave(bus); }}) {}

// One match for all subscribers, however many, and only for names that go.
void BrokerConnection::watchClients(sd_bus* bus) {
    const auto onGone = [](sd_bus_message* signal, void* self, sd_bus_error*) {
        auto& connection = *static_cast<BrokerConnection*>(self);
        return connection.membership_.guarded([&] { connection.onNameOwnerChanged(signal); });
    };
    constexpr const char* gone = "type='signal',sender='org.freedesktop.DBus',path='/org/freedesktop/DBus',"
                                 "interface='org.freedesktop.DBus',member='NameOwnerChanged',arg2=''";
    sd_bus_slot* slot = nullptr;
    checkResult(sd_bus_add_match_async(bus, &slot, gone, onGone, nullptr, this), "watch names on the bus");
    ownersSlot_.reset(slot);
}

void BrokerConnection::onNameOwnerChanged(sd_bus_message* signal) {
    const char* name = nullptr;
    const char* before = nullptr;
    const char* now = nullptr;
    checkResult(sd_bus_message_read(signal, "sss", &name, &before, &now), "read signal of the bus");
    if (*name == ':' && *now == '\0') clients_.drop({sd_bus_message_get_bus(signal), name});
}

void BrokerConnection::leave(sd_bus* bus) {
    clients_.dropConnection(bus);
    ownersSlot_.reset();
    serving_.reset();
}

} // namespace keventd
