#include "daemon/publish/private_socket.h"

#include "daemon/base/errors.h"
#include "daemon/base/logging.h"
#include "daemon/base/text.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <optional>
#include <sys/epoll.h>
#include <sys/socket.h>

namespace keventd {
namespace {

// What was short (descriptors, memory) may be there again although no connection of ours has ended.
constexpr std::chrono::seconds RetryAfter{1};

// @return the user at the other end, as of connect(2); nothing if that cannot be told
std::optional<uid_t> userOf(int fd) {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0) return std::nullopt;
    return peer.uid;
}

} // namespace

PrivateSocket::PrivateSocket(EventLoop& loop, ListeningSocket socket, ManagerObject& manager,
                             Clients& clients)
    : loop_(loop), socket_(std::move(socket)), manager_(manager), clients_(clients),
      removal_(loop.addDefer("remove private connections", [this] { removeGone(); })),
      afterTurn_(loop.addPost("first messages", [this] { serveFirstMessages(); })),
      watch_(loop.addIo("private socket", socket_.fd(), EPOLLIN, [this] { onConnection(); })),
      retry_(loop.addTimer("accept again", [this] { watch_->enable(); })) {}

void PrivateSocket::onConnection() {
    if (connections_.size() >= MaxConnections) return makeRoom();
    UniqueFd fd(accept4(socket_.fd(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (fd) return welcome(std::move(fd));
    if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) pause(errorText(errno));
}

void PrivateSocket::pause(std::string_view reason) {
    logWarning(text("accept private connection: ", reason, ", trying again"), log_);
    watch_->disable();
    retry_->armAt(std::chrono::steady_clock::now() + RetryAfter);
}

// Nobody is kept out by clients that only connect. The new one is accepted when the old one has been removed.
void PrivateSocket::makeRoom() {
    const auto silent = std::find_if(connections_.begin(), connections_.end(),
                                     [](const PrivateConnection& connection) { return !connection.spoke(); });
    if (silent != connections_.end()) {
        silent->end();
    } else {
        logWarning(text(MaxConnections, " private connections, not accepting more until one ends"), log_);
    }
    watch_->disable();
}

bool PrivateSocket::mayConnect(uid_t uid) {
    const auto count =
        std::count_if(connections_.begin(), connections_.end(),
                      [uid](const PrivateConnection& connection) { return connection.uid() == uid; });
    if (uid == 0 || static_cast<std::size_t>(count) < clients_.limits().user.connections) return true;
    logWarning(text("user ", uid, " has ", count,
                    " private connections (limits.user.connections), closing another one"),
               log_);
    return false;
}

// One client's trouble is its own. (Most often it only looked whether somebody listens.)
void PrivateSocket::welcome(UniqueFd fd) {
    const auto uid = userOf(fd.get());
    if (!uid || !mayConnect(*uid)) return;
    try {
        connections_.emplace_back(loop_, std::move(fd), *uid, ++lastSerial_, manager_,
                                  [this] { removal_->defer(); });
        afterTurn_->enable();
    } catch (const std::exception& error) {
        logDebug(text(error.what(), ", closing it"));
    }
}

void PrivateSocket::serveFirstMessages() {
    bool isAnyNew = false;
    for (PrivateConnection& connection : connections_) isAnyNew |= connection.serveFirstMessages();
    if (!isAnyNew) afterTurn_->disable();
}

void PrivateSocket::removeGone() {
    for (const PrivateConnection& connection : connections_) {
        if (connection.gone()) clients_.dropConnection(connection.bus());
    }
    connections_.remove_if([](const PrivateConnection& connection) { return connection.gone(); });
    if (connections_.size() < MaxConnections) watch_->enable();
}

} // namespace keventd
