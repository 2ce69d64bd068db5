#include "daemon/stream/coldplug.h"

#include "daemon/sources/kernel_stage.h"
#include "daemon/stream/device_event.h"
#include "daemon/stream/escape.h"
#include "keventd/names.h"

#include <limits>
#include <string_view>
#include <utility>

namespace keventd {
namespace {

// A device that got another name is one that is there: under the old one it was told of, or nobody knew it.
bool announces(std::string_view source, std::string_view action) {
    if (source == names::source::Coldplug) return true;
    return isOfKernelStage(source) && (action == names::action::Add || action == "move");
}

// As it stands in the history, if nothing else in the event has to be escaped.
std::string escaped(const std::string& devpath) {
    Event event;
    event.object = devpath;
    escapeText(event);
    return std::move(event.object);
}

} // namespace

std::size_t Coldplug::publish() {
    findAnnounced();
    stream_.sequencer().releaseBelow(firstOfSocket_.value_or(std::numeric_limits<std::uint64_t>::max()));
    findTold();
    std::size_t count = 0;
    for (const auto& [devpath, device] : stream_.devices().devices()) {
        auto event = describe(devpath, device);
        if (!event) continue;
        stream_.publish(std::move(*event));
        ++count;
    }
    return count;
}

void Coldplug::findAnnounced() {
    stream_.sequencer().visitWaiting([this](const Event& event) {
        const bool isEarly = (event.flags & EventFlag::Early) != 0;
        if (!isEarly && !firstOfSocket_) firstOfSocket_ = event.seqnum;
        if (announces(event.source, event.action)) announced_.insert(escaped(event.object));
    });
}

void Coldplug::findTold() {
    const History& history = stream_.history();
    for (std::uint64_t id = history.firstId(); id < history.nextId(); ++id) {
        const EventView event = history.at(id);
        if (announces(event.source, event.action)) announced_.emplace(event.object);
    }
}

// @return nothing if it has been announced, or has gone meanwhile: then its `remove` is under way
std::optional<Event> Coldplug::describe(const std::string& devpath, const Device& device) const {
    if (announced_.contains(escaped(devpath)) || !sysfs_.shows(devpath, device)) return std::nullopt;
    Event event = deviceEvent(names::source::Coldplug, names::action::Add, devpath, device);
    event.flags = EventFlag::Present;
    event.properties = presentProperties(event.action, devpath, device, sysfs_);
    return event;
}

} // namespace keventd
