#include "daemon/publish/broker_connection.h"

#include "daemon/base/errors.h"
#include "daemon/base/logging.h"
#include "daemon/base/text.h"
#include "daemon/publish/peer.h"
#include "dbus/bus_address.h"
#include "keventd/names.h"

#include <chrono>
#include <utility>

namespace keventd {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds Tick = 1s;

// Seconds. Clients that do not resume by themselves lose their subscriptions by it, and a busy broker is no
// reason for that.
constexpr int Patience = 10;

} // namespace

std::string BrokerConnection::addressOf(const std::string& option) {
    if (option == "system") return systemBusAddress();
    if (option != "session") return option;
    if (const auto address = findSessionBusAddress()) return *address;
    throw FatalError("no session bus: neither DBUS_SESSION_BUS_ADDRESS nor XDG_RUNTIME_DIR is set");
}

BrokerConnection::BrokerConnection(EventLoop& loop, std::string address, ManagerObject& manager,
                                   Clients& clients)
    : manager_(manager), clients_(clients), probe_(Patience, [] {}),
      tick_(loop.addTimer("broker tick", [this] { onTick(); })),
      membership_(loop, std::move(address), names::Bus,
                  {.onOpen = [this](sd_bus* bus) { serving_ = manager_.serveOn(bus); },
                   .onConnect = [this](sd_bus* bus) { watchClients(bus); },
                   .onLeave = [this](sd_bus* bus) { leave(bus); }},
                  BusMembership::NameUse::HandedOn),
      afterTurn_(loop.addPost("broker", [this] { watchBroker(); })) {}

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
    probe_.forget();
    askedAt_ = 0;
    ownersSlot_.reset();
    serving_.reset();
}

// Whether we have the name or not.
bool BrokerConnection::isConnected() const {
    return membership_.bus() != nullptr && sd_bus_is_ready(membership_.bus()) > 0;
}

void BrokerConnection::watchBroker() {
    if (!isConnected()) return;
    const std::uint64_t unread = queuedWrites(membership_.bus());
    if (unread > MaxUnreadMessages) return renew();
    if (isTickArmed_ || !(probe_.isAsking() || isToBeAsked())) return;
    isTickArmed_ = true;
    tick_->armAt(std::chrono::steady_clock::now() + Tick);
}

// Also when all has been written: the socket holds some hundred KiB that nobody may be reading.
bool BrokerConnection::isToBeAsked() const {
    sd_bus* bus = membership_.bus();
    return queuedWrites(bus) > 0 || clients_.sentOver(bus) != askedAt_;
}

void BrokerConnection::ask() {
    probe_.ask(membership_.bus());
    askedAt_ = clients_.sentOver(membership_.bus());
}

void BrokerConnection::onTick() {
    isTickArmed_ = false;
    if (!isConnected()) return;
    if (probe_.isAsking()) {
        if (probe_.countSilentTick()) renew();
    } else if (isToBeAsked()) {
        membership_.guarded([this] { ask(); });
    }
}

void BrokerConnection::renew() {
    static RateLimit limit;
    logEvent(LogLevel::Warning, message_id::BusLost,
             text("bus ", address(), " does not read what is sent to its clients, joining anew"),
             {{"KEVENTD_BUS", address()}, {"KEVENTD_NAME", names::Bus}}, limit);
    membership_.renew();
}

} // namespace keventd
