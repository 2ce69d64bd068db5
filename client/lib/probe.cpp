#include "client/lib/probe.h"

#include "client/lib/unique_fd.h"
#include "dbus/bus_address.h"
#include "keventd/errors.h"

#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <system_error>
#include <variant>

namespace keventd {
inline namespace client {
namespace {

/// @param name  as of findSocketName()
/// @return the connection; if there is none, an errno value in its place
std::variant<UniqueFd, int> tryConnect(std::string_view name) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    // One byte is left for the NUL that ends a path.
    if (name.size() >= sizeof address.sun_path) return ENAMETOOLONG;
    std::memcpy(address.sun_path, name.data(), name.size());
    const bool isPath = !name.starts_with('\0');
    const std::size_t length = offsetof(sockaddr_un, sun_path) + name.size() + (isPath ? 1 : 0);

    // Without SOCK_NONBLOCK, connect() waits for as long as a listener that has stopped does not accept.
    UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (socket.get() < 0) return errno;
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    if (::connect(socket.get(), generic, static_cast<socklen_t>(length)) < 0) return errno;
    return socket;
}

/// Asks which ways there are to authenticate; whoever speaks D-Bus answers that.
/// Source: D-Bus specification, "Authentication Protocol"
/// @return as poll(2): whether the answer, or the end of the connection, has come within the time
int askForAuthentication(int socket, std::chrono::microseconds timeout) {
    constexpr std::string_view question("\0AUTH\r\n", 7);
    // What cannot be sent is not answered.
    [[maybe_unused]] const ssize_t sent = ::send(socket, question.data(), question.size(), MSG_NOSIGNAL);
    pollfd answer{socket, POLLIN, 0};
    const auto limit = std::chrono::ceil<std::chrono::milliseconds>(timeout);
    return ::poll(&answer, 1, static_cast<int>(limit.count()));
}

} // namespace

bool isListening(std::string_view path) {
    return std::holds_alternative<UniqueFd>(tryConnect(path));
}

void requireAnswer(const Endpoint& endpoint, std::chrono::microseconds timeout) {
    const auto name = findSocketName(endpoint.address);
    if (!name) return;
    const auto socket = tryConnect(*name);
    if (const int* error = std::get_if<int>(&socket)) {
        throw ConnectionError("cannot connect to " + endpoint.description + ": " +
                              std::generic_category().message(*error));
    }
    const int answered = askForAuthentication(std::get<UniqueFd>(socket).get(), timeout);
    if (answered < 0 && errno == EINTR) throw InterruptedError("interrupted by a signal");
    if (answered == 0)
        throw TimeoutError("whoever listens at " + endpoint.description + " did not answer in time");
}

} // namespace client
} // namespace keventd
