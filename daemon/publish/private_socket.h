// The private socket: the D-Bus API without a broker, for early boot, containers and tests.
#pragma once

#include "daemon/base/event_loop.h"
#include "daemon/base/rate_limit.h"
#include "daemon/base/unique_fd.h"
#include "daemon/publish/clients.h"
#include "daemon/publish/listening_socket.h"
#include "daemon/publish/private_connection.h"

#include <list>
#include <string_view>

namespace keventd {

class PrivateSocket {
public:
    /// Connections at once. Beyond that, a new one takes the place of the oldest that has not sent anything;
    /// if all have, only root's are served, and others closed.
    static constexpr std::size_t MaxConnections = 512;
    /// More of them, for root: nobody keeps the administrator out.
    static constexpr std::size_t ReservedForRoot = 16;

    /// All that is borrowed outlives the socket. Beyond the connections that a user may have (limits), a new
    /// one is closed at once.
    PrivateSocket(EventLoop& loop, ListeningSocket socket, ManagerObject& manager, Clients& clients);
    PrivateSocket(const PrivateSocket&) = delete;
    PrivateSocket& operator=(const PrivateSocket&) = delete;

private:
    void onConnection();
    void welcome(UniqueFd fd);
    [[nodiscard]] bool mayConnect(uid_t uid);
    [[nodiscard]] bool endSilentOne();
    void pause(std::string_view reason);
    void serveFirstMessages();
    void removeGone();

    EventLoop& loop_;
    ListeningSocket socket_;
    ManagerObject& manager_;
    Clients& clients_;
    std::list<PrivateConnection> connections_;
    std::uint64_t lastSerial_ = 0;
    RateLimit log_;
    EventLoop::Handle removal_;
    EventLoop::Handle afterTurn_; // enabled while a connection is new
    EventLoop::Handle watch_;
    EventLoop::Handle retry_;
};

} // namespace keventd
