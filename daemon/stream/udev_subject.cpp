#include "daemon/stream/udev_subject.h"

#include "daemon/stream/device_event.h"
#include "keventd/names.h"

#include <string_view>
#include <utility>

namespace keventd {
namespace {

class UdevObjects final : public Enumeration {
public:
    UdevObjects(const UdevTable& told, const DeviceTable& present)
        : told_(told.devices()), present_(present.devices()) {}

    [[nodiscard]] bool addNext(std::set<std::string>& objects) override {
        return told_.addNext(objects) || present_.addNext(objects);
    }

private:
    KeysInPieces<UdevTable::Devices> told_;
    KeysInPieces<DeviceTable::Devices> present_;
};

} // namespace

const char* UdevSubject::source() const {
    return names::source::Udev;
}

std::unique_ptr<Enumeration> UdevSubject::enumerate() const {
    return std::make_unique<UdevObjects>(table_, devices_);
}

std::optional<ResyncSubject::Look> UdevSubject::look(const std::string& devpath) const {
    const Sysfs::Kind kind = sysfs_.look(devpath).kind;
    if (kind == Sysfs::Kind::Unknown) return std::nullopt;
    if (kind == Sysfs::Kind::Nothing) return Look{};
    const auto device = devices_.devices().find(devpath);
    if (device == devices_.devices().end()) return Look{.isThere = true};
    const auto writtenAt = records_.writtenAt(devpath, device->second);
    if (!writtenAt) return std::nullopt;
    return Look{.isThere = true, .mark = static_cast<std::uint64_t>(writtenAt->count())};
}

ResyncSubject::Difference UdevSubject::compare(const std::string& devpath, const Look& look) const {
    const auto told = table_.devices().find(devpath);
    const bool isTold = told != table_.devices().end();
    if (!look.isThere) return isTold ? Difference::Gone : Difference::None;
    if (look.mark == 0) return Difference::None;
    if (!isTold) return Difference::New;
    const auto readAt = static_cast<std::uint64_t>(told->second.readAt.count());
    return look.mark > readAt ? Difference::Changed : Difference::None;
}

bool UdevSubject::haveLeft(const Sequencer& sequencer, std::uint64_t newest, bool allRead) const {
    return !records_.isUdevdBusy() && allRead && sequencer.settled(newest) && sequencer.waitingOthers() == 0;
}

std::optional<std::chrono::seconds> UdevSubject::patience() const {
    return std::chrono::seconds(10);
}

std::optional<Event> UdevSubject::describe(const std::string& devpath, const char* action) const {
    auto event = std::string_view(action) == names::action::Remove ? describeGone(devpath)
                                                                   : describePresent(devpath, action);
    if (!event) return std::nullopt;
    event->flags = EventFlag::Resync;
    event->properties.set("ACTION", action);
    return event;
}

Event UdevSubject::describeGone(const std::string& devpath) const {
    const UdevTable::Entry& told = table_.devices().at(devpath);
    Device device;
    device.subsystem = told.subsystem;
    Event event = deviceEvent(source(), names::action::Remove, devpath, device);
    event.properties = knownProperties(devpath, device, "");
    if (!told.devname.empty()) event.properties.set("DEVNAME", told.devname);
    return event;
}

std::optional<Event> UdevSubject::describePresent(const std::string& devpath, const char* action) const {
    auto properties = database_.find(devpath);
    if (!properties) return std::nullopt;
    const Device& device = devices_.devices().at(devpath);
    Event event = deviceEvent(source(), action, devpath, device);
    event.properties = std::move(*properties);
    if (isTooLong(event)) event.properties = knownProperties(devpath, device, "/dev/");
    return event;
}

} // namespace keventd
