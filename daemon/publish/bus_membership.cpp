#include "daemon/publish/bus_membership.h"

#include "daemon/base/errors.h"
#include "daemon/base/logging.h"
#include "daemon/base/text.h"
#include "daemon/publish/bus_driver.h"
#include "daemon/publish/peer.h"
#include "dbus/bus_address.h"

#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace keventd {
namespace {

using namespace std::chrono_literals;

constexpr const char* LocalName = "org.freedesktop.DBus.Local";
constexpr const char* LocalPath = "/org/freedesktop/DBus/Local";

std::string_view messageOf(const sd_bus_error& error) {
    return error.message != nullptr ? error.message : error.name;
}

} // namespace

BusMembership::BusMembership(EventLoop& loop, std::string address, const char* name, Handlers handlers,
                             NameUse use)
    : loop_(loop), address_(std::move(address)), name_(name), use_(use), handlers_(std::move(handlers)),
      joinBackoff_(500ms, 5s), boundBackoff_(50ms, 60s), nameBackoff_(5s, 60s),
      joinTimer_(loop.addTimer("join bus", [this] { join(); })),
      nameTimer_(loop.addTimer("request name", [this] { guarded([this] { requestName(); }); })),
      afterTurn_(loop.addPost("bus connection", [this] { onTurn(); })) {
    join();
}

BusMembership::~BusMembership() {
    leave();
}

void BusMembership::join() {
    leave();
    try {
        open();
    } catch (const std::exception& error) {
        leave();
        tellOnce(error.what(), false);
        joinLater();
    }
}

void BusMembership::renew() {
    takesNameAlong_ = use_ == NameUse::HandedOn;
    join();
}

void BusMembership::open() {
    sd_bus* bus = nullptr;
    checkResult(sd_bus_new(&bus), "create bus connection");
    bus_.reset(bus);
    configure();
    watchForBus();
    handlers_.onOpen(bus);
    checkResult(sd_bus_start(bus), "connect");
    checkResult(sd_bus_attach_event(bus, loop_.get(), static_cast<int>(Priority::Normal)),
                "attach bus connection");
}

void BusMembership::configure() {
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

void BusMembership::watchForBus() {
    const auto onConnect = [](sd_bus_message*, void* self, sd_bus_error*) {
        auto& connection = *static_cast<BusMembership*>(self);
        return connection.guarded([&] { connection.onConnected(); });
    };
    sd_bus_slot* slot = nullptr;
    checkResult(
        sd_bus_match_signal(bus_.get(), &slot, LocalName, LocalPath, LocalName, "Connected", onConnect, this),
        "wait for the bus");
    connectedSlot_.reset(slot);
}

void BusMembership::onConnected() {
    isConnected_ = true;
    boundBackoff_.succeed();
    handlers_.onConnect(bus_.get());
    watchName();
    requestName();
}

void BusMembership::watchName() {
    const auto onAcquired = [](sd_bus_message* signal, void* self, sd_bus_error*) {
        auto& connection = *static_cast<BusMembership*>(self);
        return connection.guarded([&] { connection.onNameAcquired(signal); });
    };
    const auto onLost = [](sd_bus_message* signal, void* self, sd_bus_error*) {
        auto& connection = *static_cast<BusMembership*>(self);
        return connection.guarded([&] { connection.onNameLost(signal); });
    };
    acquiredSlot_ = matchDriver("NameAcquired", onAcquired);
    if (use_ == NameUse::HandedOn) lostSlot_ = matchDriver("NameLost", onLost);
}

BusSlotHandle BusMembership::matchDriver(const char* signal, sd_bus_message_handler_t handler) {
    sd_bus_slot* slot = nullptr;
    checkResult(sd_bus_match_signal_async(bus_.get(), &slot, driver::Name, driver::Path, driver::Name, signal,
                                          handler, nullptr, this),
                "watch own name on the bus");
    return BusSlotHandle(slot);
}

void BusMembership::requestName() {
    const auto onReply = [](sd_bus_message* reply, void* self, sd_bus_error*) {
        auto& connection = *static_cast<BusMembership*>(self);
        return connection.guarded([&] { connection.onNameReply(reply); });
    };
    std::uint64_t flags = SD_BUS_NAME_QUEUE;
    if (use_ == NameUse::HandedOn) flags |= SD_BUS_NAME_ALLOW_REPLACEMENT;
    if (takesNameAlong_) flags |= SD_BUS_NAME_REPLACE_EXISTING;
    sd_bus_slot* slot = nullptr;
    checkResult(sd_bus_request_name_async(bus_.get(), &slot, name_, flags, onReply, this), "request name");
    nameSlot_.reset(slot);
}

// Results of RequestName: D-Bus specification.
void BusMembership::onNameReply(sd_bus_message* reply) {
    constexpr std::uint32_t inQueue = 2;
    if (const sd_bus_error* refused = sd_bus_message_get_error(reply))
        return requestNameLater(messageOf(*refused));
    std::uint32_t result = 0;
    checkResult(sd_bus_message_read_basic(reply, 'u', &result), "read reply of the bus");
    if (result != inQueue) return onOwnName();
    logWarning(text("name ", name_, " on bus ", address_, " belongs to somebody else, waiting for it"));
}

void BusMembership::onNameAcquired(sd_bus_message* signal) {
    const char* name = nullptr;
    checkResult(sd_bus_message_read_basic(signal, 's', static_cast<void*>(&name)), "read signal of the bus");
    if (std::string_view(name) == name_) onOwnName();
}

// By another process that may own it.
void BusMembership::onNameLost(sd_bus_message* signal) {
    const char* name = nullptr;
    checkResult(sd_bus_message_read_basic(signal, 's', static_cast<void*>(&name)), "read signal of the bus");
    if (std::string_view(name) != name_ || !std::exchange(ownsName_, false)) return;
    logWarning(text("name ", name_, " on bus ", address_, " was taken by somebody else, waiting for it"));
}

// Told by the reply and by a signal, in either order.
void BusMembership::onOwnName() {
    joinBackoff_.succeed();
    nameBackoff_.succeed();
    const bool isRenewed = std::exchange(takesNameAlong_, false);
    if (std::exchange(ownsName_, true)) return;
    logMessage(isRenewed ? LogLevel::Debug : LogLevel::Info, text("joined bus ", address_, " as ", name_));
}

void BusMembership::onTurn() {
    // What fails closes the connection.
    if (bus_ && queuedReads(bus_.get()) > 0) sd_bus_process(bus_.get(), nullptr);
    rejoinIfEnded();
    if (bus_ && !isConnected_ && !isBound_) rejoinIfBound();
}

// The signal Disconnected does not tell of every end: a connect(2) that fails later than at once (TCP) leaves
// sd-bus (252) without a source of events that would have it sent.
void BusMembership::rejoinIfEnded() {
    if (!bus_ || (!failure_ && sd_bus_is_open(bus_.get()) > 0)) return;
    const std::string reason = failure_.value_or(howItEnded());
    const bool wasJoined = ownsName_;
    leave();
    tellOnce(reason, wasJoined);
    joinLater();
}

// A socket that is bound, and not yet listened on, refuses connections; inotify(7), by which sd-bus (252)
// waits for it, does not tell of listen(2). So it is tried again, soon, and then less and less often: it may
// have been left behind.
void BusMembership::rejoinIfBound() {
    if (!isWatching()) return;
    const auto socket = findSocketName(address_);
    if (!socket || access(socket->c_str(), F_OK) < 0) return;
    isBound_ = true;
    joinTimer_->armAt(std::chrono::steady_clock::now() + boundBackoff_.delay());
}

/// @return whether sd-bus waits for the socket: its descriptor is then that of inotify(7)
bool BusMembership::isWatching() const {
    struct stat descriptor {};
    const int fd = sd_bus_get_fd(bus_.get());
    return fd >= 0 && fstat(fd, &descriptor) == 0 && !S_ISSOCK(descriptor.st_mode);
}

const char* BusMembership::howItEnded() const {
    if (!isConnected_) return "nobody answers";
    return ownsName_ ? "it is gone" : "it hung up";
}

// That there is no bus yet is not worth looking up; that it has gone is.
void BusMembership::tellOnce(std::string_view reason, bool wasJoined) {
    if (!joinBackoff_.isFirst()) return;
    const std::string message =
        text("bus ", address_, ": ", reason, ", joining when it is there (as ", name_, ")");
    if (!wasJoined) return logWarning(message);
    logEvent(LogLevel::Warning, message_id::BusLost, message,
             {{"KEVENTD_BUS", address_}, {"KEVENTD_NAME", name_}});
}

void BusMembership::joinLater() {
    joinTimer_->armAt(std::chrono::steady_clock::now() + joinBackoff_.delay());
}

void BusMembership::requestNameLater(std::string_view reason) {
    if (nameBackoff_.isFirst()) {
        logWarning(text("bus ", address_, " does not give the name ", name_, ": ", reason,
                        ", serving without it, asking again"));
    }
    nameTimer_->armAt(std::chrono::steady_clock::now() + nameBackoff_.delay());
}

void BusMembership::leave() {
    ownsName_ = isConnected_ = isBound_ = false;
    failure_.reset();
    joinTimer_->disable();
    nameTimer_->disable();
    if (!bus_) return;
    handlers_.onLeave(bus_.get());
    for (BusSlotHandle* slot : {&nameSlot_, &lostSlot_, &acquiredSlot_, &connectedSlot_}) slot->reset();
    bus_.reset();
}

} // namespace keventd
