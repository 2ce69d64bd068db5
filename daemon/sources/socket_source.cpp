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

// Most errors are told once, by the next reading, and are of one message (sock_error() in
// include/net/sock.h).
Drained SocketSource::drain(Arrivals& arrivals, std::size_t budget) {
    if (hasFailed_) return {.failed = true};
    Drained drained;
    const bool isRead = attempt([&] { drained = read(arrivals, budget); });
    if (hasFailed_) return {.failed = true};
    if (isRead) errors_ = 0;
    if (!isRead) drained.empty = false;
    drained.unknownLoss = takeUnknownLoss(drained.empty);
    return drained;
}

bool SocketSource::attempt(const std::function<void()>& reading) {
    try {
        reading();
        return true;
    } catch (const FatalError& error) {
        hasLostUnknown_ = true;
        hasFailed_ = ++errors_ > 1;
        const char* after = hasFailed_ ? ", opening another one" : ", reading on";
        logWarning(text(name(), " socket: ", error.what(), after), failureLog_);
        return false;
    }
}

void SocketSource::noteOverrun() {
    countDrops();
    isOverrunUnexplained_ = drops() == dropsAtOverrun_;
    dropsAtOverrun_ = drops();
}

// The kernel counts a drop a moment after it has told it.
bool SocketSource::takeUnknownLoss(bool isEmpty) {
    if (isEmpty && std::exchange(isOverrunUnexplained_, false) && drops() == dropsAtOverrun_)
        hasLostUnknown_ = true;
    return std::exchange(hasLostUnknown_, false);
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
    errors_ = 0;
    hasFailed_ = hasLostUnknown_ = isOverrunUnexplained_ = false;
    pendingLoss_ = 0;
    dropsAtOverrun_ = drops();
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
