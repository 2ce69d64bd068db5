#include "daemon/sources/netlink_source.h"

#include "daemon/sources/netlink_message.h"

#include <new>
#include <utility>

namespace keventd {
namespace {

constexpr int MaxReadPast = 1'024; // messages: a storm need not end

} // namespace

NetlinkSource::NetlinkSource(const NetlinkChannel& channel, NetlinkSocket socket,
                             std::span<std::byte> landing)
    : SocketSource(channel, std::move(socket)),
      countBefore_(std::launder(reinterpret_cast<CommitWord*>(landing.data()))),
      landing_(landing.subspan(CountBytes), LandingArea::OneMessage) {}

void NetlinkSource::takeLanded(Arrivals& arrivals) {
    const bool isTold = !knowsWhatItTold() && arrivals.count() > countBefore_->load().value_or(0);
    if (!isTold) return takeWhatLanded(arrivals);
    visitLanded([this](const nlmsghdr& message) { passOver(message); });
    landing_.forget();
}

void NetlinkSource::visitLanded(const std::function<void(const nlmsghdr&)>& visit) const {
    for (std::size_t i = 0; i < landing_.size(); ++i) {
        const Datagram datagram = landing_.at(i);
        if (datagram.senderPort == 0 && !datagram.truncated) visitMessages(datagram.payload, visit);
    }
}

// Whoever is killed behind the one that tells it, and before the event of the message, has told nothing of
// that.
void NetlinkSource::tellMissing(std::uint32_t first, std::uint32_t count, Arrivals& arrivals) {
    countBefore_->store(arrivals.count() + 1);
    arrivals.miss(first, count);
}

CommitWord* NetlinkSource::wordIn(std::span<std::byte> landing) {
    return std::launder(reinterpret_cast<CommitWord*>(landing.data() + sizeof(CommitWord)));
}

void NetlinkSource::takeWhatLanded(Arrivals& arrivals) {
    for (std::size_t i = 0; i < landing_.size(); ++i) take(landing_.at(i), arrivals);
    landing_.forget();
}

Drained NetlinkSource::read(Arrivals& arrivals, std::size_t budget) {
    return drainOneByOne(budget, [&] {
        countBefore_->store(arrivals.count());
        const ReceiveResult result = landing_.receive(descriptor());
        if (result == ReceiveResult::Drained) return false;
        if (result == ReceiveResult::Overrun) noteOverrun();
        counted().received += landing_.size();
        takeWhatLanded(arrivals);
        return true;
    });
}

NetlinkSource::Message NetlinkSource::copyOf(const nlmsghdr& message) {
    const auto* bytes = reinterpret_cast<const char*>(&message);
    return {bytes, bytes + message.nlmsg_len};
}

bool NetlinkSource::readPast(std::vector<Message>& past) {
    bool any = false;
    static_cast<void>(attempt([&] {
        for (int read = 0; read < MaxReadPast && landing_.receive(descriptor()) != ReceiveResult::Drained;
             ++read) {
            any = true;
            visitLanded([&past](const nlmsghdr& message) { past.push_back(copyOf(message)); });
        }
    }));
    landing_.forget();
    return any;
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
