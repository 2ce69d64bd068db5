#include "daemon/sources/uevent_source.h"

#include <algorithm>
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

UeventSource::UeventSource(NetlinkSocket socket, std::span<std::byte> landing)
    : SocketSource(channel::KernelUevents, std::move(socket)), landing_(landing, LandingArea::Uevents) {}

// A short count may hide an ENOBUFS with more behind it; after a drop only an empty read is the end. What was
// dropped before that read lies here, before all that will be read from now on; what was dropped since lies
// behind more events.
Drained UeventSource::read(Arrivals& arrivals, std::size_t budget) {
    socket().noteQueued(); // before it is taken out
    for (std::size_t messages = 0; messages < budget;) {
        const std::uint64_t droppedBefore = pendingLoss();
        const ReceiveResult result = landing_.receive(descriptor());
        const std::size_t landed = landing_.size();
        takeLanded(arrivals);
        countDrops();
        if (result == ReceiveResult::Drained && (landed == 0 || pendingLoss() == 0)) {
            return endOfQueue(droppedBefore);
        }
        messages += std::max<std::size_t>(landed, 1);
    }
    return {.empty = false, .lost = 0, .lossPending = pendingLoss() > 0};
}

void UeventSource::takeLanded(Arrivals& arrivals) {
    const ReadTime now = readTimeNow();
    for (std::size_t i = 0; i < landing_.size(); ++i) take(landing_.at(i), now, arrivals);
    landing_.forget();
}

void UeventSource::take(const Datagram& datagram, const ReadTime& now, Arrivals& arrivals) {
    ++counted().received;
    if (const auto reason = whyUntrusted(datagram)) return refuse(*reason);
    if (datagram.truncated) return refuse(reasonText(RefusedUevent::TooLong));
    auto parsed = parseUevent(datagram.payload);
    if (const auto* reason = std::get_if<RefusedUevent>(&parsed)) return refuse(reasonText(*reason));

    Event& event = std::get<Event>(parsed);
    if (isInjected(datagram)) {
        event.flags |= EventFlag::Injected;
        ++counted().injected;
    }
    event.boottime = now.boottime;
    event.realtime = now.realtime;
    arrivals.add(std::move(event));
}

} // namespace keventd
