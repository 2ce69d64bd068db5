#include "client/lib/endpoint.h"

#include "client/lib/errors.h"
#include "client/lib/unique_fd.h"
#include "dbus/bus_address.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>
#include <system_error>

namespace keventd {
inline namespace client {
namespace {

/// @param name  as of findSocketName()
/// @return 0 if somebody listens at the socket, else an errno value
int tryConnect(std::string_view name) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    // One byte is left for the NUL that ends a path.
    if (name.size() >= sizeof address.sun_path) return ENAMETOOLONG;
    std::memcpy(address.sun_path, name.data(), name.size());
    const bool isPath = !name.starts_with('\0');
    const std::size_t length = offsetof(sockaddr_un, sun_path) + name.size() + (isPath ? 1 : 0);

    // Without SOCK_NONBLOCK, connect() waits for as long as a listener that has stopped does not accept.
    const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (socket.get() < 0) return errno;
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    return ::connect(socket.get(), generic, static_cast<socklen_t>(length)) == 0 ? 0 : errno;
}

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
        if (tryConnect(path) == 0) return privateSocket(path);
    }
    Endpoint bus = systemBus();
    bus.description += " (no daemon answers at " + join(paths) + ")";
    return bus;
}

void requireListener(const Endpoint& endpoint) {
    const auto name = findSocketName(endpoint.address);
    if (!name) return;
    const int error = tryConnect(*name);
    if (error == 0) return;
    throw ConnectionError("cannot connect to " + endpoint.description + ": " +
                          std::generic_category().message(error));
}

} // namespace client
} // namespace keventd
