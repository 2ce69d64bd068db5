#include "daemon/stream/stream.h"

#include "daemon/stream/escape.h"
#include "keventd/names.h"

#include <algorithm>

namespace keventd {
namespace {

// What can come again had been read, and was under way when the daemon ended: at most
// Sequencer::Options::maxWaiting, and what one reading brings.
constexpr std::uint64_t MaxRemembered = 100'000;

} // namespace

Stream::Stream(std::string id, const Sequencer::Options& order, History& history, DeviceTable& devices,
               UdevTable& udevDevices)
    : id_(std::move(id)), history_(history), devices_(devices), udevDevices_(udevDevices),
      sequencer_(order, [this](Event& event) { append(event); }) {
    rememberHistory();
}

void Stream::rememberHistory() {
    const std::uint64_t end = history_.nextId();
    std::uint64_t id = std::max(history_.firstId(), end - std::min(end, MaxRemembered));
    for (; id < end; ++id) {
        const EventView event = history_.at(id);
        sequencer_.remember(event.source, event.seqnum);
    }
}

void Stream::append(Event& event) {
    devices_.apply(event);
    udevDevices_.apply(event);
    published_.add(event);
    const bool isOverrun = event.action == names::action::Overrun && event.source == names::source::Keventd;
    escapeText(event);
    const std::uint64_t id = history_.append(event);
    if (isOverrun && onOverrun_) onOverrun_(history_.at(id));
}

} // namespace keventd
