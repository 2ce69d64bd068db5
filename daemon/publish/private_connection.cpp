#include "daemon/publish/private_connection.h"

#include "daemon/base/errors.h"
#include "daemon/base/logging.h"
#include "daemon/base/text.h"
#include "daemon/publish/peer.h"
#include "keventd/names.h"

#include <string_view>
#include <utility>

namespace keventd {
namespace {

BusHandle newBus() {
    sd_bus* bus = nullptr;
    checkResult(sd_bus_new(&bus), "create private connection");
    return BusHandle(bus);
}

// sd-bus's own word about the connection (Connected, Disconnected), not the client's.
bool isLocal(sd_bus_message* message) {
    const char* interface = sd_bus_message_get_interface(message);
    return interface != nullptr && std::string_view(interface) == "org.freedesktop.DBus.Local";
}

} // namespace

PrivateConnection::PrivateConnection(EventLoop& loop, UniqueFd fd, uid_t uid, std::uint64_t serial,
                                     ManagerObject& manager, std::function<void()> onGone)
    : uid_(uid), onGone_(std::move(onGone)), driver_(text(":1.", serial)), bus_(newBus()),
      firstMessages_(loop.addDefer("first messages", [this] { onFirstMessages(); })) {
    start(loop, std::move(fd));
    addFilter();
    addMatches();
    driverSlot_ = driver_.serveOn(bus());
    serving_ = manager.serveOn(bus());
}

void PrivateConnection::start(EventLoop& loop, UniqueFd fd) {
    sd_id128_t id{};
    checkResult(sd_id128_randomize(&id), "make id of private connection");
    checkResult(sd_bus_set_description(bus(), "private"), "describe private connection");
    checkResult(sd_bus_set_server(bus(), 1, id), "serve private connection");
    // A client in a user namespace cannot prove its uid by name; who it is, the socket's credentials say.
    checkResult(sd_bus_set_anonymous(bus(), 1), "allow anonymous authentication");
    checkResult(sd_bus_negotiate_fds(bus(), 0), "refuse descriptors");
    // Clients take the connection for a bus, and look for the well-known name in what they match.
    checkResult(sd_bus_set_sender(bus(), names::Bus), "name the sender");
    checkResult(sd_bus_set_connected_signal(bus(), 1), "hear of the end of authentication");
    checkResult(sd_bus_set_exit_on_disconnect(bus(), 0), "survive the client");
    // When the loop ends, sd-bus would wait for a client that does not read, or does not even authenticate.
    checkResult(sd_bus_set_close_on_exit(bus(), 0), "leave the client without waiting");
    checkResult(sd_bus_set_fd(bus(), fd.get(), fd.get()), "take over private connection");
    static_cast<void>(fd.release()); // sd_bus_set_fd() took it
    checkResult(sd_bus_start(bus()), "start private connection");
    checkResult(sd_bus_attach_event(bus(), loop.get(), static_cast<int>(Priority::Normal)),
                "attach private connection");
}

// Sees every message before the objects do.
void PrivateConnection::addFilter() {
    const auto onMessage = [](sd_bus_message* message, void* self, sd_bus_error*) {
        auto& connection = *static_cast<PrivateConnection*>(self);
        if (connection.gone_) return 1;
        if (!isLocal(message)) connection.spoke_ = true;
        if (!connection.leavesRepliesUnread()) return 0;
        static RateLimit limit;
        logWarning(text("client of the private socket, of user ", connection.uid_,
                        ", does not read its replies, cutting it off"),
                   limit);
        connection.end();
        return 1;
    };
    sd_bus_slot* slot = nullptr;
    checkResult(sd_bus_add_filter(bus(), &slot, onMessage, this), "watch private connection");
    filterSlot_.reset(slot);
}

bool PrivateConnection::leavesRepliesUnread() const {
    return queuedWrites(bus()) > MaxUnreadMessages;
}

void PrivateConnection::addMatches() {
    const auto onConnect = [](sd_bus_message*, void* self, sd_bus_error*) {
        static_cast<PrivateConnection*>(self)->firstMessages_->defer();
        return 0;
    };
    const auto onDisconnect = [](sd_bus_message*, void* self, sd_bus_error*) {
        static_cast<PrivateConnection*>(self)->end();
        return 0;
    };
    connectSlot_ = matchLocal("Connected", onConnect);
    disconnectSlot_ = matchLocal("Disconnected", onDisconnect);
}

BusSlotHandle PrivateConnection::matchLocal(const char* signal, sd_bus_message_handler_t handler) {
    sd_bus_slot* slot = nullptr;
    checkResult(sd_bus_match_signal(bus(), &slot, "org.freedesktop.DBus.Local", "/org/freedesktop/DBus/Local",
                                    "org.freedesktop.DBus.Local", signal, handler, this),
                "watch private connection");
    return BusSlotHandle(slot);
}

bool PrivateConnection::serveFirstMessages() {
    if (gone_) return false;
    if (queuedReads(bus()) > 0) firstMessages_->defer();
    return isNew_;
}

// A client may send its first messages together with the end of the authentication. sd-bus then has read them
// all at once, and would not look at them before something else comes.
void PrivateConnection::onFirstMessages() {
    if (gone_) return;
    const int result = sd_bus_process(bus(), nullptr);
    isNew_ = result > 0;
    if (result > 0) firstMessages_->defer();
    if (result < 0) end();
}

void PrivateConnection::end() noexcept {
    if (!std::exchange(gone_, true)) onGone_();
}

} // namespace keventd
