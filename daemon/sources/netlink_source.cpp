#include "daemon/sources/netlink_source.h"

#include "daemon/base/logging.h"
#include "daemon/base/text.h"
#include "daemon/sources/netlink_message.h"

#include <new>
#include <utility>

namespace keventd {

NetlinkSource::NetlinkSource(const char* name, NetlinkSocket socket, std::span<std::byte> landing)
    : name_(name), socket_(std::move(socket)),
      countBefore_(std::launder(reinterpret_cast<CommitWord*>(landing.data()))),
      landing_(landing.subspan(CountBytes), LandingArea::OneMessage) {
    statistics_.bufferBytes = socket_.bufferBytes();
}

void NetlinkSource::takeLanded(Arrivals& arrivals) {
    if (!knowsWhatItTold() && arrivals.count() > countBefore_->load().value_or(0)) return landing_.forget();
    takeWhatLanded(arrivals);
}

void NetlinkSource::takeWhatLanded(Arrivals& arrivals) {
    for (std::size_t i = 0; i < landing_.size(); ++i) take(landing_.at(i), arrivals);
    landing_.forget();
}

// Drops are counted before the socket is asked whether it is empty: what is counted then lies before all that
// comes.
Drained NetlinkSource::drain(Arrivals& arrivals, std::size_t budget) {
    for (std::size_t read = 0; read < budget; ++read) {
        pendingLoss_ += socket_.takeDrops();
        countBefore_->store(arrivals.count());
        if (landing_.receive(socket_.fd()) == ReceiveResult::Drained) {
            statistics_.dropped += pendingLoss_;
            return {.empty = true, .lost = std::exchange(pendingLoss_, 0)};
        }
        statistics_.received += landing_.size();
        takeWhatLanded(arrivals);
    }
    return {.empty = false, .lost = 0, .lossPending = pendingLoss_ > 0};
}

bool NetlinkSource::readPast() {
    bool any = false;
    while (landing_.receive(socket_.fd()) != ReceiveResult::Drained) any = true;
    landing_.forget();
    return any;
}

SocketPosition NetlinkSource::moveOn() {
    socket_.moveOn();
    statistics_.bufferBytes = socket_.bufferBytes();
    return socket_.position();
}

// As the kernel does, it sends to a group from port 0 (netlink(7)).
void NetlinkSource::take(const Datagram& datagram, Arrivals& arrivals) {
    if (datagram.senderPort != 0) return refuse("sent by a process, not by the kernel");
    if (datagram.truncated) return refuse("too long");
    const Telling telling{readTimeNow(), 0, arrivals};
    const auto takeOne = [&](const nlmsghdr& message) { take(message, telling); };
    if (!visitMessages(datagram.payload, takeOne)) refuse("malformed");
}

void NetlinkSource::refuse(std::string_view reason) {
    if (statistics_.refused++ == 0) {
        logWarning(
            text(name_, " socket: message refused: ", reason, ", ignoring (further ones are counted only)"));
    }
}

SourceStatistics NetlinkSource::statistics() const {
    SourceStatistics statistics = statistics_;
    statistics.maxQueuedBytes = socket_.maxQueuedBytes();
    return statistics;
}

} // namespace keventd
