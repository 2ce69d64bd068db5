#include "keventd/endpoint.h"

#include "client/lib/probe.h"
#include "dbus/bus_address.h"
#include "keventd/errors.h"

#include <cstdlib>

namespace keventd {
inline namespace client {
namespace {

std::string join(const std::vector<std::string>& paths) {
    std::string text;
    for (const std::string& path : paths) {
        text += (text.empty() ? "" : " or ") + path;
    }
    return text;
}

} // namespace

Endpoint privateSocket(std::string_view path) {
    return {addressOfSocket(path), std::string(path), true};
}

Endpoint systemBus() {
    return {systemBusAddress(), "the system bus", false};
}

Endpoint sessionBus() {
    if (const auto address = findSessionBusAddress()) return {*address, "the session bus", false};
    throw ConnectionError("cannot connect to the session bus: neither DBUS_SESSION_BUS_ADDRESS nor "
                          "XDG_RUNTIME_DIR is set");
}

Endpoint busAt(std::string_view address) {
    return {std::string(address), std::string(address), false};
}

std::vector<std::string> privateSocketPaths() {
    std::vector<std::string> paths{"/run/keventd/bus"};
    const char* directory = std::getenv("XDG_RUNTIME_DIR");
    if (directory != nullptr && *directory != '\0') paths.push_back(std::string(directory) + "/keventd/bus");
    return paths;
}

Endpoint defaultEndpoint() {
    const std::vector<std::string> paths = privateSocketPaths();
    for (const std::string& path : paths) {
        if (isListening(path)) return privateSocket(path);
    }
    Endpoint bus = systemBus();
    bus.description += " (no daemon answers at " + join(paths) + ")";
    return bus;
}

} // namespace client
} // namespace keventd
