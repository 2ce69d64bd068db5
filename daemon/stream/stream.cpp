#include "daemon/stream/stream.h"

#include "daemon/sources/property_number.h"
#include "daemon/stream/escape.h"
#include "daemon/stream/own_event.h"
#include "keventd/names.h"

#include <algorithm>
#include <string_view>

namespace keventd {
namespace {

// What comes again is the last event that left, if the daemon was killed before it had noted that, and what
// one reading had brought and was still in the landing area.
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
        rememberLoss(event);
    }
}

void Stream::rememberLoss(const EventView& event) {
    if (event.source != std::string_view(names::source::Keventd)) return;
    const std::string source(event.properties.find(names::key::Source).value_or(""));
    if (event.action == std::string_view(names::action::Overrun)) unresynced_[source] = event.id;
    if (event.action != std::string_view(names::action::Resynced)) return;
    // The comparison of a loss says nothing of the next one; one that was asked for, of none.
    const auto loss = unresynced_.find(source);
    const auto overrun = numberOf<std::uint64_t>(event.properties, names::key::Overrun);
    if (loss != unresynced_.end() && overrun >= loss->second) unresynced_.erase(loss);
}

void Stream::whenOverrun(std::function<void(const EventView&)> handler) {
    onOverrun_ = std::move(handler);
    for (const auto& [source, id] : std::exchange(unresynced_, {})) onOverrun_(history_.at(id));
}

void Stream::keepIn(DeviceLog& devices, WaitingLog& waiting, ToldObjects& objects) {
    deviceLog_ = &devices;
    waiting_ = &waiting;
    objects_ = &objects;
}

bool Stream::has(Event event) const {
    escapeText(event);
    return hasOf(event.boottime, [&event](const EventView& other) {
        return other.source == event.source && other.action == event.action && other.object == event.object &&
               other.seqnum == event.seqnum && other.properties.bytes() == event.properties.view().bytes();
    });
}

bool Stream::hasOverrunOf(std::chrono::microseconds boottime) const {
    return hasOf(boottime, [](const EventView& other) { return isOverrun(other.source, other.action); });
}

bool Stream::hasOf(std::chrono::microseconds boottime,
                   const std::function<bool(const EventView&)>& isWanted) const {
    // The order of the stream is not quite that of reading.
    for (std::uint64_t id = history_.findSince(boottime); id < history_.nextId(); ++id) {
        const EventView other = history_.at(id);
        if (other.boottime == boottime && isWanted(other)) return true;
    }
    return false;
}

void Stream::append(Event& event) {
    const std::uint64_t number = event.id; // in the log of those that wait
    changeDevices(event);
    published_.add(event);
    const bool tellsOfLoss = isOverrun(event.source, event.action);
    escapeText(event);
    const std::uint64_t id = history_.append(event);
    if (waiting_ != nullptr) waiting_->remove(number);
    if (tellsOfLoss && onOverrun_) onOverrun_(history_.at(id));
}

void Stream::changeDevices(const Event& event) {
    const std::uint64_t id = history_.nextId();
    if (deviceLog_ != nullptr) deviceLog_->makeRoom();
    const bool changesDevice = devices_.apply(event);
    if (changesDevice && deviceLog_ != nullptr) deviceLog_->noteDevice(event, id);
    const bool changesUdevDevice = udevDevices_.apply(event);
    if (changesUdevDevice && deviceLog_ != nullptr) deviceLog_->noteUdevDevice(event, id);
    if (objects_ != nullptr && objects_->apply(event)) deviceLog_->noteObject(event, id);
}

} // namespace keventd
