#include "daemon/publish/broker_connection.h"

#include "daemon/base/errors.h"
#include "daemon/base/logging.h"
#include "daemon/base/text.h"
#include "daemon/publish/method_call.h"
#include "dbus/names.h"

#include <cstdlib>
#include <utility>

namespace keventd {
namespace {

// Long enough not to spin on a broker that throws us out, short enough not to be noticed.
constexpr std::chrono::milliseconds RejoinDelay{500};

constexpr const char* LocalName = "org.freedesktop.DBus.Local";
constexpr const char* LocalPath = "/org/freedesktop/DBus/Local";
constexpr const char* DriverName = "org.freedesktop.DBus";
constexpr const char* DriverPath = "/org/freedesktop/DBus";

template <void (BrokerConnection::*Method)()>
int notify(sd_bus_message*, void* self, sd_bus_error* error) {
    return answerCall([self] { (static_cast<BrokerConnection*>(self)->*Method)(); }, error);
}

} // namespace

std::string BrokerConnection::addressOf(const std::string& option) {
    if (option == "system") {
        const char* address = std::getenv("DBUS_SYSTEM_BUS_ADDRESS");
        return address != nullptr ? address : "unix:path=/run/dbus/system_bus_socket";
    }
    if (option == "session") {
        if (const char* address = std::getenv("DBUS_SESSION_BUS_ADDRESS")) return address;
        if (const char* directory = std::getenv("XDG_RUNTIME_DIR"))
            return text("unix:path=", directory, "/bus");
        throw FatalError("no session bus: neither DBUS_SESSION_BUS_ADDRESS nor XDG_RUNTIME_DIR is set");
    }
    return option;
}

BrokerConnection::BrokerConnection(EventLoop& loop, std::string address, ManagerObject& manager,
                                   Publisher& publisher)
    : loop_(loop), address_(std::move(address)), manager_(manager), publisher_(publisher),
      rejoinTimer_(loop.addTimer("rejoin bus", [this] { rejoin(); })) {
    join();
}

BrokerConnection::~BrokerConnection() {
    leave();
}

void BrokerConnection::join() {
    sd_bus* bus = nullptr;
    checkResult(sd_bus_new(&bus), "create bus connection");
    bus_.reset(bus);
    configure();
    watchConnection();
    serving_ = manager_.serveOn(bus);
    checkResult(sd_bus_start(bus), text("join bus ", address_));
    checkResult(sd_bus_attach_event(bus, loop_.get(), static_cast<int>(Priority::Normal)),
                "attach bus connection");
}

void BrokerConnection::configure() {
    sd_bus* bus = bus_.get();
    checkResult(sd_bus_set_address(bus, address_.c_str()), text("bus address '", address_, "'"));
    checkResult(sd_bus_set_bus_client(bus, 1), "join bus");
    checkResult(sd_bus_negotiate_fds(bus, 0), "refuse descriptors");
    checkResult(sd_bus_set_watch_bind(bus, 1), "wait for the bus");
    checkResult(sd_bus_set_connected_signal(bus, 1), "wait for the bus");
    checkResult(sd_bus_set_exit_on_disconnect(bus, 0), "survive the bus");
    // When the loop ends, sd-bus would wait for a bus that does not answer.
    checkResult(sd_bus_set_close_on_exit(bus, 0), "leave the bus without waiting");
}

void BrokerConnection::watchConnection() {
    sd_bus_slot* slot = nullptr;
    checkResult(sd_bus_match_signal(bus_.get(), &slot, LocalName, LocalPath, LocalName, "Connected",
                                    notify<&BrokerConnection::onConnected>, this),
                "watch bus connection");
    connectedSlot_.reset(slot);
    checkResult(sd_bus_match_signal(bus_.get(), &slot, LocalName, LocalPath, LocalName, "Disconnected",
                                    notify<&BrokerConnection::onDisconnected>, this),
                "watch bus connection");
    disconnectedSlot_.reset(slot);
}

void BrokerConnection::onConnected() {
    addMatches();
    requestName();
}

// One match for all subscribers, however many: their names come and go, the rule stays.
void BrokerConnection::addMatches() {
    const auto onSignal = [](sd_bus_message* signal, void* self, sd_bus_error* error) {
        return answerCall([&] { static_cast<BrokerConnection*>(self)->onNameOwnerChanged(signal); }, error);
    };
    sd_bus_slot* slot = nullptr;
    checkResult(sd_bus_match_signal_async(bus_.get(), &slot, DriverName, DriverPath, DriverName,
                                          "NameOwnerChanged", onSignal, nullptr, this),
                "watch names on the bus");
    ownersSlot_.reset(slot);
}

void BrokerConnection::requestName() {
    const auto onReply = [](sd_bus_message* reply, void* self, sd_bus_error* error) {
        return answerCall([&] { static_cast<BrokerConnection*>(self)->onNameReply(reply); }, error);
    };
    sd_bus_slot* slot = nullptr;
    checkResult(sd_bus_request_name_async(bus_.get(), &slot, names::Bus, SD_BUS_NAME_QUEUE, onReply, this),
                "request name");
    nameSlot_.reset(slot);
}

void BrokerConnection::onNameReply(sd_bus_message* reply) {
    constexpr std::uint32_t primaryOwner = 1; // D-Bus specification, RequestName
    std::uint32_t result = 0;
    if (const sd_bus_error* refused = sd_bus_message_get_error(reply)) {
        logError(text("bus ", address_, " refuses the name ", names::Bus, ": ", refused->message,
                      ", serving without it"));
        return;
    }
    checkResult(sd_bus_message_read_basic(reply, 'u', &result), "read reply of the bus");
    if (result == primaryOwner) {
        logInfo(text("joined bus ", address_, " as ", names::Bus));
    } else {
        logError(
            text("name ", names::Bus, " on bus ", address_, " belongs to somebody else, waiting for it"));
    }
}

void BrokerConnection::onNameOwnerChanged(sd_bus_message* signal) {
    const char* name = nullptr;
    const char* before = nullptr;
    const char* now = nullptr;
    checkResult(sd_bus_message_read(signal, "sss", &name, &before, &now), "read signal of the bus");
    if (*name == ':' && *now == '\0') publisher_.dropClient({bus_.get(), name});
}

void BrokerConnection::onDisconnected() {
    logWarning(text("bus ", address_, " is gone, joining again when it is back"));
    rejoinTimer_->armAt(std::chrono::steady_clock::now() + RejoinDelay);
}

void BrokerConnection::leave() {
    publisher_.dropConnection(bus_.get());
    for (BusSlotHandle* slot : {&nameSlot_, &ownersSlot_, &disconnectedSlot_, &connectedSlot_}) slot->reset();
    serving_.reset();
    bus_.reset();
}

void BrokerConnection::rejoin() {
    leave();
    try {
        join();
    } catch (const FatalError& error) {
        logWarning(text(error.what(), ", trying again"));
        rejoinTimer_->armAt(std::chrono::steady_clock::now() + 10 * RejoinDelay);
    }
}

} // namespace keventd
