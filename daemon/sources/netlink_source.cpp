#include "daemon/sources/netlink_source.h"

#include "daemon/sources/netlink_message.h"

#include <new>
#include <utility>

namespace keventd {

NetlinkSource::NetlinkSource(const NetlinkChannel& channel, NetlinkSocket socket,
                             std::span<std::byte> landing)
    : SocketSource(channel, std::move(socket)),
      countBefore_(std::launder(reinterpret_cast<CommitWord*>(landing.data()))),
      landing_(landing.subspan(CountBytes), LandingArea::OneMessage) {}

void NetlinkSource::takeLanded(Arrivals& arrivals) {
    if (!knowsWhatItTold() && arrivals.count() > countBefore_->load().value_or(0)) return landing_.forget();
    takeWhatLanded(arrivals);
}

void NetlinkSource::takeWhatLanded(Arrivals& arrivals) {
    for (std::size_t i = 0; i < landing_.size(); ++i) take(landing_.at(i), arrivals);
    landing_.forget();
}

Drained NetlinkSource::read(Arrivals& arrivals, std::size_t budget) {
    return drainOneByOne(budget, [&] {
        countBefore_->store(arrivals.count());
        if (landing_.receive(descriptor()) == ReceiveResult::Drained) return false;
        counted().received += landing_.size();
        takeWhatLanded(arrivals);
        return true;
    });
}

bool NetlinkSource::readPast() {
    bool any = false;
    const bool isRead = attempt([&] {
        while (landing_.receive(descriptor()) != ReceiveResult::Drained) any = true;
    });
    landing_.forget();
    return any && isRead;
}

// As the kernel does, it sends to a group from port 0 (netlink(7)).
void NetlinkSource::take(const Datagram& datagram, Arrivals& arrivals) {
    if (datagram.senderPort != 0) return refuse("sent by a process, not by the kernel");
    if (datagram.truncated) return refuse("too long");
    const Telling telling{readTimeNow(), 0, arrivals};
    const auto takeOne = [&](const nlmsghdr& message) { take(message, telling); };
    if (!visitMessages(datagram.payload, takeOne)) refuse("malformed");
}

} // namespace keventd
