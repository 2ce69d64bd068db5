#include "client/keventctl/bus_choice.h"

#include "client/keventctl/usage_error.h"
#include "dbus/bus_address.h"

namespace keventd::ctl {

void BusChoice::chooseSocket(const std::string& path) {
    requireFirst();
    if (path.empty()) throw UsageError("--socket: the path is empty");
    socket_ = path;
}

void BusChoice::chooseBus(const std::string& name) {
    requireFirst();
    if (name != "system" && name != "session" && !isBusAddress(name)) {
        throw UsageError("--bus: '" + name + "' is neither system nor session nor a D-Bus address");
    }
    bus_ = name;
}

std::optional<Endpoint> BusChoice::endpoint() const {
    if (socket_) return privateSocket(*socket_);
    if (!bus_) return std::nullopt;
    if (*bus_ == "system") return systemBus();
    if (*bus_ == "session") return sessionBus();
    return busAt(*bus_);
}

void BusChoice::requireFirst() const {
    if (socket_ || bus_) throw UsageError("only one of --socket and --bus can be given, once");
}

} // namespace keventd::ctl
