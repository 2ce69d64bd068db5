#include "tests/support/unix_socket.h"

#include "daemon/base/errors.h"

#include <cerrno>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

namespace keventd::test {
namespace {

sockaddr_un addressOf(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    return address;
}

UniqueFd newSocket() {
    return UniqueFd(
        checkErrno(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "create socket"));
}

} // namespace

UniqueFd bindAt(const std::string& path) {
    const sockaddr_un address = addressOf(path);
    UniqueFd fd = newSocket();
    checkErrno(bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), "bind " + path);
    checkErrno(chmod(path.c_str(), 0666), "open to everybody " + path);
    return fd;
}

UniqueFd listenAt(const std::string& path, int backlog) {
    UniqueFd fd = bindAt(path);
    checkErrno(listen(fd.get(), backlog), "listen at " + path);
    return fd;
}

UniqueFd connectTo(const std::string& path) {
    const sockaddr_un address = addressOf(path);
    UniqueFd fd = newSocket();
    if (connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
    if (errno != EAGAIN) throwError("connect to " + path, errno);
    return {};
}

std::vector<UniqueFd> fillBacklog(const std::string& path) {
    std::vector<UniqueFd> waiting;
    for (UniqueFd fd = connectTo(path); fd; fd = connectTo(path)) waiting.push_back(std::move(fd));
    return waiting;
}

} // namespace keventd::test
