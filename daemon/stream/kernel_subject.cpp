#include "daemon/stream/kernel_subject.h"

#include "daemon/stream/device_event.h"
#include "keventd/names.h"

#include <string_view>
#include <utility>

namespace keventd {
namespace {

class KernelObjects final : public Enumeration {
public:
    KernelObjects(const DeviceTable& table, const Sysfs& sysfs)
        : told_(table.devices()), present_(sysfs.walk()) {}

    [[nodiscard]] bool addNext(std::set<std::string>& objects) override {
        const auto add = [&](std::string devpath, const std::string&) { objects.insert(std::move(devpath)); };
        return told_.addNext(objects) || present_.step(add);
    }

private:
    KeysInPieces<DeviceTable::Devices> told_;
    SysfsWalk present_;
};

} // namespace

const char* KernelSubject::source() const {
    return names::source::Kernel;
}

std::unique_ptr<Enumeration> KernelSubject::enumerate() const {
    return std::make_unique<KernelObjects>(table_, sysfs_);
}

std::optional<ResyncSubject::Look> KernelSubject::look(const std::string& devpath) const {
    const Sysfs::Directory directory = sysfs_.look(devpath);
    switch (directory.kind) {
    case Sysfs::Kind::Device:
        break;
    case Sysfs::Kind::Other:
        if (table_.devices().contains(devpath)) break;
        return Look{};
    case Sysfs::Kind::Nothing:
        return Look{};
    case Sysfs::Kind::Unknown:
        return std::nullopt;
    }
    return Look{.isThere = true, .mark = directory.inode};
}

ResyncSubject::Difference KernelSubject::compare(const std::string& devpath, const Look& look) const {
    const auto told = table_.devices().find(devpath);
    const bool isTold = told != table_.devices().end();
    if (!look.isThere) return isTold ? Difference::Gone : Difference::None;
    if (!isTold) return Difference::New;
    return told->second.inode == look.mark ? Difference::None : Difference::Replaced;
}

bool KernelSubject::haveLeft(const Sequencer& sequencer, std::uint64_t newest, bool /*allRead*/) const {
    return sequencer.settled(newest);
}

std::optional<Event> KernelSubject::describe(const std::string& devpath, const char* action) const {
    const bool isThere = std::string_view(action) != names::action::Remove;
    const auto device = isThere ? sysfs_.find(devpath) : table_.devices().at(devpath);
    if (!device) return std::nullopt;
    Event event = deviceEvent(source(), action, devpath, *device);
    event.flags = EventFlag::Resync;
    if (isThere) {
        event.properties = presentProperties(action, devpath, *device, sysfs_);
    } else {
        event.properties = knownProperties(devpath, *device, "");
        event.properties.set("ACTION", action);
    }
    return event;
}

} // namespace keventd
