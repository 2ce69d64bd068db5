#include "daemon/publish/device_listing.h"

#include "daemon/base/errors.h"
#include "daemon/base/text.h"
#include "daemon/publish/bus_error.h"
#include "daemon/publish/method_call.h"
#include "daemon/stream/device_event.h"
#include "daemon/stream/escape.h"
#include "dbus/event_codec.h"
#include "keventd/names.h"

#include <utility>

namespace keventd {
namespace {

Event presentDevice(const std::string& devpath, const Device& device) {
    Event event = deviceEvent(names::source::Coldplug, names::action::Add, devpath, device);
    event.flags = EventFlag::Present;
    return event;
}

PropertyList propertiesOf(const std::string& devpath, const Device& device, const Sysfs& sysfs,
                          const UdevDatabase& database) {
    if (sysfs.shows(devpath, device)) {
        if (auto properties = database.find(devpath)) return std::move(*properties);
    }
    return knownProperties(devpath, device, "/dev/"); // as libudev would say it
}

} // namespace

DeviceListing::DeviceListing(sd_bus_message* call, Filter filter, const Stream& stream, const Sysfs& sysfs,
                             const UdevDatabase& database)
    : call_(call), filter_(std::move(filter)), stream_(stream), sysfs_(sysfs), database_(database) {}

bool DeviceListing::work(const TurnBudget& budget) {
    if (!reply_) begin();
    while (position_ < devices_.size() && !budget.isSpent()) addNext();
    if (position_ < devices_.size()) return false;
    send();
    return true;
}

void DeviceListing::begin() {
    const auto& devices = stream_.devices().devices();
    devices_.assign(devices.begin(), devices.end());
    reply_ = newReply(call_);
    checkResult(sd_bus_message_append(reply_.get(), "st", stream_.id().c_str(), stream_.history().nextId()),
                "reply");
    checkResult(sd_bus_message_open_container(reply_.get(), 'a', names::EventSignature), "reply");
}

// Before its properties are read, which costs most.
bool DeviceListing::mayMatch(const std::string& devpath, const Device& device) const {
    Event event = presentDevice(devpath, device);
    escapeText(event);
    return filter_.matchesFields(viewOf(event));
}

void DeviceListing::addNext() {
    const auto& [devpath, device] = devices_[position_++];
    if (!mayMatch(devpath, device)) return;
    Event event = presentDevice(devpath, device);
    event.properties = propertiesOf(devpath, device, sysfs_, database_);
    escapeText(event);
    if (!filter_.matches(viewOf(event))) return;
    bytes_ += encodedSize(viewOf(event));
    if (bytes_ > MaxBytes) {
        throw BusError(names::error::LimitExceeded,
                       text("the devices take more than ", MaxBytes, " bytes, ask for fewer"));
    }
    checkResult(appendEvent(reply_.get(), viewOf(event)), "write device");
}

void DeviceListing::send() {
    checkResult(sd_bus_message_close_container(reply_.get()), "reply");
    sendReply(reply_);
}

} // namespace keventd
