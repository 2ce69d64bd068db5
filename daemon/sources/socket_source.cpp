#include "daemon/sources/socket_source.h"

#include "daemon/base/logging.h"
#include "daemon/base/text.h"

#include <utility>

namespace keventd {

SocketSource::SocketSource(const char* name, NetlinkSocket socket) : name_(name), socket_(std::move(socket)) {
    statistics_.bufferBytes = socket_.bufferBytes();
}

SocketPosition SocketSource::moveOn() {
    socket_.moveOn();
    statistics_.bufferBytes = socket_.bufferBytes();
    return socket_.position();
}

SourceStatistics SocketSource::statistics() const {
    SourceStatistics statistics = statistics_;
    statistics.maxQueuedBytes = socket_.maxQueuedBytes();
    return statistics;
}

void SocketSource::refuse(std::string_view reason) {
    if (statistics_.refused++ == 0) {
        logWarning(
            text(name_, " socket: message refused: ", reason, ", ignoring (further ones are counted only)"));
    }
}

// Drops are counted before the socket is asked whether it is empty: what is counted then lies before all that
// comes.
Drained SocketSource::drainOneByOne(std::size_t budget, const std::function<bool()>& receive) {
    for (std::size_t read = 0; read < budget; ++read) {
        countDrops();
        if (!receive()) return endOfQueue(pendingLoss_);
    }
    return {.empty = false, .lost = 0, .lossPending = pendingLoss_ > 0};
}

Drained SocketSource::endOfQueue(std::uint64_t lost) {
    statistics_.dropped += lost;
    pendingLoss_ -= lost;
    return {.empty = pendingLoss_ == 0, .lost = lost, .lossPending = pendingLoss_ > 0};
}

} // namespace keventd
