#include "daemon/publish/private_socket.h"

#include "daemon/base/errors.h"
#include "daemon/base/logging.h"
#include "daemon/base/text.h"

#include <algorithm>
#include <cerrno>
#include <sys/epoll.h>
#include <sys/socket.h>

namespace keventd {

PrivateSocket::PrivateSocket(EventLoop& loop, ListeningSocket socket, ManagerObject& manager,
                             Publisher& publisher)
    : loop_(loop), socket_(std::move(socket)), manager_(manager), publisher_(publisher),
      removal_(loop.addDefer("remove private connections", [this] { removeGone(); })),
      watch_(loop.addIo("private socket", socket_.fd(), EPOLLIN, [this] { onConnection(); })) {
    removal_->disable();
}

void PrivateSocket::onConnection() {
    if (connections_.size() >= MaxConnections) return makeRoom();
    UniqueFd fd(accept4(socket_.fd(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (fd) return welcome(std::move(fd));
    if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
        logWarning(text("accept private connection: ", errorText(errno), ", waiting until one ends"));
        watch_->disable();
    }
}

// Nobody is kept out by clients that only connect. The new one is accepted when the old one has been removed.
void PrivateSocket::makeRoom() {
    const auto silent = std::find_if(connections_.begin(), connections_.end(),
                                     [](const PrivateConnection& connection) { return !connection.spoke(); });
    if (silent != connections_.end()) {
        silent->end();
    } else {
        logWarning(text(MaxConnections, " private connections, not accepting more until one ends"));
    }
    watch_->disable();
}

void PrivateSocket::welcome(UniqueFd fd) {
    try {
        connections_.emplace_back(loop_, std::move(fd), ++lastSerial_, manager_,
                                  [this] { removal_->enableOnce(); });
    } catch (const FatalError& error) {
        logDebug(text(error.what(), ", closing it")); // most often: it only looked whether somebody listens
    }
}

void PrivateSocket::removeGone() {
    for (const PrivateConnection& connection : connections_) {
        if (connection.gone()) publisher_.dropConnection(connection.bus());
    }
    connections_.remove_if([](const PrivateConnection& connection) { return connection.gone(); });
    if (connections_.size() < MaxConnections) watch_->enable();
}

} // namespace keventd
