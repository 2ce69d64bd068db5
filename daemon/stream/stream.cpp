#include "daemon/stream/stream.h"

#include "daemon/stream/escape.h"
#include "keventd/names.h"

namespace keventd {

Stream::Stream(std::string id, const Sequencer::Options& order, History& history, DeviceTable& devices,
               UdevTable& udevDevices)
    : id_(std::move(id)), history_(history), devices_(devices), udevDevices_(udevDevices),
      sequencer_(order, [this](Event& event) { append(event); }) {}

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
