#include "daemon/publish/listening_socket.h"

#include "daemon/base/errors.h"
#include "daemon/base/logging.h"
#include "daemon/base/text.h"

#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

namespace keventd {
namespace {

// sd-bus and others connect without waiting, and fail when the backlog is full.
constexpr int Backlog = SOMAXCONN;
constexpr mode_t Everybody = 0666;

sockaddr_un addressOf(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path) {
        throw FatalError(
            text("socket path '", path, "': must be of 1 to ", sizeof address.sun_path - 1, " bytes"));
    }
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    return address;
}

const sockaddr* asAddress(const sockaddr_un& address) {
    return reinterpret_cast<const sockaddr*>(&address);
}

UniqueFd newSocket() {
    return UniqueFd(
        checkErrno(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "create private socket"));
}

// Only a refused connection proves that nobody listens: a full backlog or a lack of permission do not.
bool isServed(const sockaddr_un& address) {
    const UniqueFd probe = newSocket();
    return connect(probe.get(), asAddress(address), sizeof address) == 0 || errno != ECONNREFUSED;
}

// Only a socket that nobody listens on is removed.
void removeStale(const std::string& path, const sockaddr_un& address) {
    struct stat found {};
    if (lstat(path.c_str(), &found) < 0) return;
    if (!S_ISSOCK(found.st_mode)) throw FatalError(text("socket path ", path, " is taken by something else"));
    if (isServed(address)) throw FatalError(text("socket path ", path, " is served by another process"));
    logInfo(text("replacing ", path, ", left by a process that is gone"));
    checkErrno(unlink(path.c_str()), text("remove stale socket ", path));
}

int getOption(int fd, int option) {
    int value = -1;
    socklen_t size = sizeof value;
    return getsockopt(fd, SOL_SOCKET, option, &value, &size) < 0 ? -1 : value;
}

} // namespace

ListeningSocket::ListeningSocket(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {
    struct stat made {};
    if (path_.empty() || stat(path_.c_str(), &made) < 0) return;
    device_ = made.st_dev;
    inode_ = made.st_ino;
}

ListeningSocket ListeningSocket::bind(const std::string& path) {
    const sockaddr_un address = addressOf(path);
    removeStale(path, address);
    UniqueFd fd = newSocket();
    checkErrno(::bind(fd.get(), asAddress(address), sizeof address), text("bind private socket ", path));
    checkErrno(chmod(path.c_str(), Everybody), text("open private socket ", path, " to everybody"));
    checkErrno(listen(fd.get(), Backlog), text("listen on private socket ", path));
    return {std::move(fd), path};
}

ListeningSocket ListeningSocket::adopt(UniqueFd fd) {
    return {std::move(fd), {}};
}

bool ListeningSocket::isOne(int fd) {
    return getOption(fd, SO_DOMAIN) == AF_UNIX && getOption(fd, SO_TYPE) == SOCK_STREAM &&
           getOption(fd, SO_ACCEPTCONN) == 1;
}

ListeningSocket::~ListeningSocket() {
    struct stat found {};
    if (!fd_ || path_.empty() || lstat(path_.c_str(), &found) < 0) return;
    if (found.st_dev == device_ && found.st_ino == inode_) unlink(path_.c_str());
}

} // namespace keventd
