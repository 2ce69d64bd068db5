#include "daemon/netlink_sockets.h"

#include <utility>

namespace keventd {
namespace {

NetlinkSocket adopt(UniqueFd inherited, const NetlinkChannel& channel, const ToldDrops& told,
                    const std::vector<Event>& leftOver) {
    const auto before = told.find(NetlinkSocket::cookieOf(inherited.get()), leftOver);
    return NetlinkSocket::adopt(std::move(inherited), channel, before);
}

// What the daemon before has read from, comes first.
NetlinkSocket openOrAdopt(InheritedNetlinkSocket inherited, const NetlinkChannel& channel,
                          const ToldDrops& told, const std::vector<Event>& leftOver) {
    if (!inherited.current && !inherited.kept) return NetlinkSocket::open(channel, NetlinkBufferBytes);
    if (!inherited.kept) return adopt(std::move(inherited.current), channel, told, leftOver);
    NetlinkSocket socket = adopt(std::move(inherited.kept), channel, told, leftOver);
    if (inherited.current) socket.precede(adopt(std::move(inherited.current), channel, told, leftOver));
    return socket;
}

} // namespace

NetlinkSocket takeSocket(InheritedNetlinkSocket inherited, const NetlinkChannel& channel, ToldDrops& told,
                         const std::vector<Event>& leftOver) {
    NetlinkSocket socket = openOrAdopt(std::move(inherited), channel, told, leftOver);
    const SocketPosition position = socket.position();
    told.begin(position.cookie, position.toldDrops, leftOver.empty() ? 0 : leftOver.back().id);
    return socket;
}

} // namespace keventd
