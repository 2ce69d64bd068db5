#include "daemon/publish/event_page.h"

#include "daemon/base/c_handles.h"
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

    sd_bus_message* message = nullptr;
    checkResult(sd_bus_message_new_method_return(call_, &message), "reply");
    const BusMessageHandle handle(message);
    checkResult(sd_bus_message_append(message, "st", stream_.id().c_str(), first), "reply");
    checkResult(sd_bus_message_open_container(message, 'a', names::EventSignature), "reply");
    const std::uint64_t next = append(message, first, budget);
    checkResult(sd_bus_message_close_container(message), "reply");
    checkResult(sd_bus_message_append(message, "t", next), "reply");
    checkSent(sd_bus_send(nullptr, message, nullptr), "reply");
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
