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

// @return the groups at the other end, as of connect(2) (SO_PEERGROUPS, unix(7)), its own first
std::vector<gid_t> groupsOf(int fd, gid_t own) {
    std::vector<gid_t> groups(64);
    auto size = static_cast<socklen_t>(groups.size() * sizeof(gid_t));
    int result = getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &size);
    if (result < 0 && errno == ERANGE) { // it says how much it takes
        groups.resize(size / sizeof(gid_t));
        result = getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &size);
    }
    groups.resize(result < 0 ? 0 : size / sizeof(gid_t));
    groups.insert(groups.begin(), own);
    return groups;
}

// @return who is at the other end, as of connect(2); nothing if that cannot be told
std::optional<Identity> identityOf(int fd) {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0) return std::nullopt;
    return Identity{peer.uid, groupsOf(fd, peer.gid)};
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
    const bool isFull = connections_.size() >= MaxConnections;
    if (isFull && (endSilentOne() || connections_.size() >= MaxConnections + ReservedForRoot))
        return watch_->disable(); // until one has been removed
    UniqueFd fd(accept4(socket_.fd(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (fd) return welcome(std::move(fd));
    if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) pause(errorText(errno));
}

void PrivateSocket::pause(std::string_view reason) {
    logWarning(text("accept private connection: ", reason, ", trying again"), log_);
    watch_->disable();
    retry_->armAt(std::chrono::steady_clock::now() + RetryAfter);
}

// Nobody is kept out by clients that only connect: the oldest of them gives way, but for the few of root that
// others must not drive out.
bool PrivateSocket::endSilentOne() {
    const auto isSilent = [](const PrivateConnection& connection) { return !connection.spoke(); };
    const auto isOfRoot = [](const PrivateConnection& connection) { return connection.uid() == 0; };
    const auto silentOfRoot =
        std::count_if(connections_.begin(), connections_.end(), [&](const PrivateConnection& connection) {
            return isSilent(connection) && isOfRoot(connection);
        });
    const bool isRootSpared = static_cast<std::size_t>(silentOfRoot) <= ReservedForRoot;
    const auto silent =
        std::find_if(connections_.begin(), connections_.end(), [&](const PrivateConnection& connection) {
            return isSilent(connection) && !(isRootSpared && isOfRoot(connection));
        });
    if (silent == connections_.end()) return false;
    silent->end();
    return true;
}

bool PrivateSocket::mayConnect(uid_t uid) {
    if (uid == 0) return true;
    if (connections_.size() >= MaxConnections) {
        logWarning(text(MaxConnections, " private connections, closing one more, of user ", uid), log_);
        return false;
    }
    const auto count =
        std::count_if(connections_.begin(), connections_.end(),
                      [uid](const PrivateConnection& connection) { return connection.uid() == uid; });
    if (static_cast<std::size_t>(count) < clients_.limits().user.connections) return true;
    logWarning(text("user ", uid, " has ", count,
                    " private connections (limits.user.connections), closing another one"),
               log_);
    return false;
}

// One client's trouble is its own. (Most often it only looked whether somebody listens.)
void PrivateSocket::welcome(UniqueFd fd) {
    const auto identity = identityOf(fd.get());
    if (!identity || !mayConnect(*identity->uid)) return;
    try {
        connections_.emplace_back(loop_, std::move(fd), *identity->uid, ++lastSerial_, manager_,
                                  [this] { removal_->defer(); });
        clients_.introduce({connections_.back().bus(), ""}, *identity);
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
    if (connections_.size() < MaxConnections + ReservedForRoot) watch_->enable();
}

} // namespace keventd
