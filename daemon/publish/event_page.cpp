#include "daemon/publish/event_page.h"

#include "daemon/base/errors.h"
#include "daemon/publish/method_call.h"
#include "daemon/publish/publisher.h"
#include "daemon/publish/signal_writer.h"
#include "daemon/stream/visibility.h"
#include "dbus/event_codec.h"
#include "keventd/names.h"

#include <algorithm>
#include <utility>

namespace keventd {

EventPage::EventPage(sd_bus_message* call, Wanted wanted, const Stream& stream)
    : call_(call), wanted_(std::move(wanted)), stream_(stream) {}

bool EventPage::work(const TurnBudget& budget) {
    const std::uint64_t kept = stream_.history().firstId();
    const std::uint64_t first = std::max(firstIdWanted(wanted_.options, stream_, kept), kept);

    const BusMessageHandle reply = newReply(call_);
    checkResult(sd_bus_message_append(reply.get(), "st", stream_.id().c_str(), first), "reply");
    checkResult(sd_bus_message_open_container(reply.get(), 'a', names::EventSignature), "reply");
    const std::uint64_t next = append(reply.get(), first, budget);
    checkResult(sd_bus_message_close_container(reply.get()), "reply");
    checkResult(sd_bus_message_append(reply.get(), "t", next), "reply");
    sendReply(reply);
    return true;
}

// A filter that matches nothing must not keep the daemon from reading: the caller goes on with the next page.
std::uint64_t EventPage::append(sd_bus_message* reply, std::uint64_t first, const TurnBudget& budget) const {
    const History& history = stream_.history();
    std::size_t bytes = 0;
    std::uint32_t count = 0;
    for (std::uint64_t id = first; id < history.nextId(); ++id) {
        if (id > first && budget.isSpent()) return id;
        const EventView event = history.at(id);
        if (!isWanted(event)) continue;
        bytes += encodedSize(event);
        if (count > 0 && bytes > EventsSignal::MaxBytes) return id;
        checkResult(appendEvent(reply, event), "write event");
        if (++count == wanted_.max) return id + 1;
    }
    return history.nextId();
}

bool EventPage::isWanted(const EventView& event) const {
    return wanted_.options.filter.matches(event) && (wanted_.seesAdmin || isPublic(event));
}

} // namespace keventd
