#include "daemon/sources/uevent_source.h"

#include "daemon/base/logging.h"
#include "daemon/base/text.h"
#include "dbus/names.h"

#include <optional>
#include <utility>

namespace keventd {
namespace {

// netlink(7): the kernel's own port is 0, and so is that of what it passes on (uevent_net_rcv() in
// lib/kobject_uevent.c); the credentials are then those of whoever asked.
std::optional<std::string_view> whyUntrusted(const Datagram& datagram) {
    if (datagram.senderPort != 0) return "sent by a process, not by the kernel";
    if (datagram.credentials == nullptr) return "without credentials";
    return std::nullopt;
}

bool isInjected(const Datagram& datagram) {
    return datagram.credentials->pid != 0 || datagram.credentials->uid != 0;
}

} // namespace

UeventSource::UeventSource(UeventSocket socket, std::uint64_t startSeqnum)
    : socket_(std::move(socket)), queuedUpTo_(socket_.inherited() ? startSeqnum : 0) {
    statistics_.bufferBytes = socket_.bufferBytes();
}

const char* UeventSource::name() const {
    return names::source::Kernel;
}

Drained UeventSource::drain(std::vector<Event>& events, std::size_t budget) {
    for (std::size_t read = 0; read < budget; read += landing_.size()) {
        const ReceiveResult result = landing_.receive(socket_.fd());
        takeLanded(events);
        pendingLoss_ += socket_.takeDrops();
        // A short count may hide an ENOBUFS with more behind it; after a loss only an empty read is the end.
        if (result == ReceiveResult::Drained && (pendingLoss_ == 0 || landing_.size() == 0)) {
            statistics_.dropped += pendingLoss_;
            return {.empty = true, .lost = std::exchange(pendingLoss_, 0)};
        }
    }
    return {.empty = false, .lost = 0};
}

void UeventSource::takeLanded(std::vector<Event>& events) {
    const ReadTime now = readTimeNow();
    for (std::size_t i = 0; i < landing_.size(); ++i) take(landing_.at(i), now, events);
}

void UeventSource::take(const Datagram& datagram, const ReadTime& now, std::vector<Event>& events) {
    ++statistics_.received;
    if (const auto reason = whyUntrusted(datagram)) return refuse(*reason);
    if (datagram.truncated) return refuse(reasonText(RefusedUevent::TooLong));
    auto parsed = parseUevent(datagram.payload);
    if (const auto* reason = std::get_if<RefusedUevent>(&parsed)) return refuse(reasonText(*reason));

    Event& event = std::get<Event>(parsed);
    if (isInjected(datagram)) {
        event.flags |= EventFlag::Injected;
        ++statistics_.injected;
    }
    if (event.seqnum <= queuedUpTo_) event.flags |= EventFlag::Queued;
    event.boottime = now.boottime;
    event.realtime = now.realtime;
    events.push_back(std::move(event));
}

// Anybody can make us come here as often as they like: once is told, the rest is counted.
void UeventSource::refuse(std::string_view reason) {
    if (statistics_.refused++ == 0) {
        logWarning(
            text("kernel socket: message refused: ", reason, ", ignoring (further ones are counted only)"));
    }
}

} // namespace keventd
