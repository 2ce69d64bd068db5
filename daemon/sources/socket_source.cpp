#include "daemon/sources/socket_source.h"

#include "daemon/base/errors.h"
#include "daemon/base/logging.h"
#include "daemon/base/text.h"

#include <utility>

namespace keventd {
namespace {

constexpr SourceStatus HasFailed{SourceState::Failed, "its socket has failed, another one is to be opened"};

} // namespace

SocketSource::SocketSource(const NetlinkChannel& channel, NetlinkSocket socket)
    : channel_(channel), socket_(std::move(socket)) {
    statistics_.bufferBytes = socket_.bufferBytes();
}

Drained SocketSource::drain(Arrivals& arrivals, std::size_t budget) {
    Drained drained;
    drained.failed = !attempt([&] { drained = read(arrivals, budget); });
    return drained;
}

bool SocketSource::attempt(const std::function<void()>& reading) {
    try {
        reading();
        return true;
    } catch (const FatalError& error) {
        if (!hasFailed_)
            logWarning(text(name(), " socket: ", error.what(), ", opening another one"), failureLog_);
        hasFailed_ = true;
        return false;
    }
}

bool SocketSource::openNext() {
    try {
        socket_.precede(NetlinkSocket::open(channel_, NetlinkBufferBytes));
        return true;
    } catch (const FatalError& error) {
        logWarning(text(name(), " socket: ", error.what(), ", trying again"), failureLog_);
        return false;
    }
}

SocketPosition SocketSource::moveOn() {
    socket_.moveOn();
    hasFailed_ = false;
    pendingLoss_ = 0;
    statistics_.bufferBytes = socket_.bufferBytes();
    return socket_.position();
}

SourceStatus SocketSource::status() const {
    return hasFailed_ ? HasFailed : statusOfSender();
}

SourceStatistics SocketSource::statistics() const {
    SourceStatistics statistics = statistics_;
    statistics.maxQueuedBytes = socket_.maxQueuedBytes();
    return statistics;
}

void SocketSource::refuse(std::string_view reason) {
    if (statistics_.refused++ == 0) {
        logWarning(
            text(name(), " socket: message refused: ", reason, ", ignoring (further ones are counted only)"));
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
