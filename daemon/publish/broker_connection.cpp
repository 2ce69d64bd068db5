#include "daemon/publish/broker_connection.h"

#include "daemon/base/errors.h"
#include "daemon/base/logging.h"
#include "daemon/base/text.h"
#include "daemon/publish/peer.h"
#include "dbus/bus_address.h"
#include "keventd/names.h"

#include <utility>

namespace keventd {
namespace {

using namespace std::chrono_literals;

constexpr const char* LocalName = "org.freedesktop.DBus.Local";
constexpr const char* LocalPath = "/org/freedesktop/DBus/Local";
constexpr const char* DriverName = "org.freedesktop.DBus";
constexpr const char* DriverPath = "/org/freedesktop/DBus";

std::string_view messageOf(const sd_bus_error& error) {
    return error.message != nullptr ? error.message : error.name;
}

} // namespace

std::string BrokerConnection::addressOf(const std::string& option) {
    if (option == "system") return systemBusAddress();
    if (option != "session") return option;
    if (const auto address = findSessionBusAddress()) return *address;
    throw FatalError("no session bus: neither DBUS_SESSION_BUS_ADDRESS nor XDG_RUNTIME_DIR is set");
}

BrokerConnection::BrokerConnection(EventLoop& loop, std::string address, ManagerObject& manager,
                                   Clients& clients)
    : loop_(loop), address_(std::move(address)), manager_(manager), clients_(clients),
      joinBackoff_(500ms, 5s), nameBackoff_(5s, 60s),
      joinTimer_(loop.addTimer("join bus", [this] { join(); })),
      nameTimer_(loop.addTimer("request name", [this] { guarded([this] { requestName(); }); })),
      afterTurn_(loop.addPost("bus connection", [this] { onTurn(); })) {
    join();
}

BrokerConnection::~BrokerConnection() {
    leave();
}

// For what sd-bus calls, and the timers: no failure of a bus ends the daemon. The connection ends after the
// turn: not in the middle of what sd-bus does with it.
template <typename Function>
int BrokerConnection::guarded(Function&& function) noexcept {
    try {
        function();
    } catch (const std::exception& error) {
        failure_ = error.what();
    }
    return 0;
}

void BrokerConnection::join() {
    leave();
    try {
        open();
    } catch (const std::exception& error) {
        leave();
        joinLater(error.what());
    }
}

void BrokerConnection::open() {
    sd_bus* bus = nullptr;
    checkResult(sd_bus_new(&bus), "create bus connection");
    bus_.reset(bus);
    configure();
    watchForBus();
    serving_ = manager_.serveOn(bus);
    checkResult(sd_bus_start(bus), "connect");
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

void BrokerConnection::watchForBus() {
    const auto onConnect = [](sd_bus_message*, void* self, sd_bus_error*) {
        auto& connection = *static_cast<BrokerConnection*>(self);
        return connection.guarded([&] { connection.onConnected(); });
    };
    sd_bus_slot* slot = nullptr;
    checkResult(
        sd_bus_match_signal(bus_.get(), &slot, LocalName, LocalPath, LocalName, "Connected", onConnect, this),
        "wait for the bus");
    connectedSlot_.reset(slot);
}

void BrokerConnection::onConnected() {
    isConnected_ = true;
    addMatches();
    requestName();
}

// One match for all subscribers, however many, and only for names that go.
void BrokerConnection::addMatches() {
    const auto onGone = [](sd_bus_message* signal, void* self, sd_bus_error*) {
        auto& connection = *static_cast<BrokerConnection*>(self);
        return connection.guarded([&] { connection.onNameOwnerChanged(signal); });
    };
    const auto onAcquired = [](sd_bus_message* signal, void* self, sd_bus_error*) {
        auto& connection = *static_cast<BrokerConnection*>(self);
        return connection.guarded([&] { connection.onNameAcquired(signal); });
    };
    const std::string gone = text("type='signal',sender='", DriverName, "',path='", DriverPath,
                                  "',interface='", DriverName, "',member='NameOwnerChanged',arg2=''");
    sd_bus_slot* slot = nullptr;
    checkResult(sd_bus_add_match_async(bus_.get(), &slot, gone.c_str(), onGone, nullptr, this),
                "watch names on the bus");
    ownersSlot_.reset(slot);
    checkResult(sd_bus_match_signal_async(bus_.get(), &slot, DriverName, DriverPath, DriverName,
                                          "NameAcquired", onAcquired, nullptr, this),
                "watch own name on the bus");
    acquiredSlot_.reset(slot);
}

void BrokerConnection::requestName() {
    const auto onReply = [](sd_bus_message* reply, void* self, sd_bus_error*) {
        auto& connection = *static_cast<BrokerConnection*>(self);
        return connection.guarded([&] { connection.onNameReply(reply); });
    };
    sd_bus_slot* slot = nullptr;
    checkResult(sd_bus_request_name_async(bus_.get(), &slot, names::Bus, SD_BUS_NAME_QUEUE, onReply, this),
                "request name");
    nameSlot_.reset(slot);
}

// Results of RequestName: D-Bus specification.
void BrokerConnection::onNameReply(sd_bus_message* reply) {
    constexpr std::uint32_t inQueue = 2;
    if (const sd_bus_error* refused = sd_bus_message_get_error(reply))
        return requestNameLater(messageOf(*refused));
    std::uint32_t result = 0;
    checkResult(sd_bus_message_read_basic(reply, 'u', &result), "read reply of the bus");
    if (result != inQueue) return onOwnName();
    logWarning(text("name ", names::Bus, " on bus ", address_, " belongs to somebody else, waiting for it"));
}

void BrokerConnection::onNameAcquired(sd_bus_message* signal) {
    const char* name = nullptr;
    checkResult(sd_bus_message_read_basic(signal, 's', static_cast<void*>(&name)), "read signal of the bus");
    if (std::string_view(name) == names::Bus) onOwnName();
}

// Told by the reply and by a signal, in either order.
void BrokerConnection::onOwnName() {
    joinBackoff_.succeed();
    nameBackoff_.succeed();
    if (!std::exchange(ownsName_, true)) logInfo(text("joined bus ", address_, " as ", names::Bus));
}

void BrokerConnection::onNameOwnerChanged(sd_bus_message* signal) {
    const char* name = nullptr;
    const char* before = nullptr;
    const char* now = nullptr;
    checkResult(sd_bus_message_read(signal, "sss", &name, &before, &now), "read signal of the bus");
    if (*name == ':' && *now == '\0') clients_.drop({bus_.get(), name});
}

void BrokerConnection::onTurn() {
    // What fails closes the connection.
    if (bus_ && queuedReads(bus_.get()) > 0) sd_bus_process(bus_.get(), nullptr);
    rejoinIfEnded();
}

// The signal Disconnected does not tell of every end: a connect(2) that fails later than at once (TCP) leaves
// sd-bus (252) without a source of events that would have it sent.
void BrokerConnection::rejoinIfEnded() {
    if (!bus_ || (!failure_ && sd_bus_is_open(bus_.get()) > 0)) return;
    const std::string reason = failure_.value_or(howItEnded());
    leave();
    joinLater(reason);
}

const char* BrokerConnection::howItEnded() const {
    if (!isConnected_) return "nobody answers";
    return ownsName_ ? "it is gone" : "it hung up";
}

void BrokerConnection::joinLater(std::string_view reason) {
    if (joinBackoff_.isFirst())
        logWarning(text("bus ", address_, ": ", reason, ", joining when it is there"));
    joinTimer_->armAt(std::chrono::steady_clock::now() + joinBackoff_.delay());
}

void BrokerConnection::requestNameLater(std::string_view reason) {
    if (nameBackoff_.isFirst()) {
        logWarning(text("bus ", address_, " does not give the name ", names::Bus, ": ", reason,
                        ", serving without it, asking again"));
    }
    nameTimer_->armAt(std::chrono::steady_clock::now() + nameBackoff_.delay());
}

void BrokerConnection::leave() {
    ownsName_ = isConnected_ = false;
    failure_.reset();
    joinTimer_->disable();
    nameTimer_->disable();
    if (!bus_) return;
    clients_.dropConnection(bus_.get());
    for (BusSlotHandle* slot : {&nameSlot_, &acquiredSlot_, &ownersSlot_, &connectedSlot_}) slot->reset();
    serving_.reset();
    bus_.reset();
}

} // namespace keventd
