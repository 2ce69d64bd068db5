#include "daemon/stream/device_log.h"

#include "daemon/base/logging.h"
#include "daemon/sources/property_number.h"
#include "daemon/stream/record.h"
#include "keventd/names.h"

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

namespace keventd {
namespace {

/// The records, as Event::action. Event::source says of which table they are.
namespace change {
constexpr const char* Begin = "begin"; // the first one: what follows is all
constexpr const char* Put = "put";
constexpr const char* Remove = "remove";
constexpr const char* Move = "move";
} // namespace change

/// Their properties.
namespace key {
constexpr const char* Devname = "DEVNAME";
constexpr const char* Devnum = "DEVNUM";
constexpr const char* Ifindex = "IFINDEX";
constexpr const char* Inode = "INODE";
constexpr const char* From = "FROM";
} // namespace key

// A change takes two records at most, each with two texts of an event; the longest has 24 KiB (udev).
constexpr std::size_t RoomForAChange = 2 * (RecordArea::MaxRecordBytes + 64);
// Below this, to write the log anew is not worth the work.
constexpr std::size_t MinLimit = std::size_t{1024} * 1024;
constexpr std::uint64_t ChangesBeforeRetry = 4'096;

Event recordOf(const std::string& source, const char* what, const std::string& devpath) {
    Event record;
    record.source = source;
    record.action = what;
    record.object = devpath;
    return record;
}

// By what a record says which table it is of. The source of an event says no such thing: of the kernel's
// devices, the hotplug helper tells, too.
const char* sourceOf(const DeviceTable& /*table*/) {
    return names::source::Kernel;
}
const char* sourceOf(const UdevTable& /*table*/) {
    return names::source::Udev;
}

Event recordOf(const std::string& devpath, const Device& device) {
    Event record = recordOf(names::source::Kernel, change::Put, devpath);
    record.subsystem = device.subsystem;
    record.properties.set(key::Devname, device.devname);
    record.properties.set(key::Devnum, std::to_string(device.devnum));
    record.properties.set(key::Ifindex, std::to_string(device.ifindex));
    record.properties.set(key::Inode, std::to_string(device.inode));
    return record;
}

Event recordOf(const std::string& devpath, const UdevTable::Entry& entry) {
    Event record = recordOf(names::source::Udev, change::Put, devpath);
    record.subsystem = entry.subsystem;
    record.realtime = entry.readAt;
    record.properties.set(key::Devname, entry.devname);
    return record;
}

std::string textIn(const EventView& record, const char* key) {
    return std::string(record.properties.find(key).value_or(""));
}

// The second argument says of which table it is.
Device describedBy(const EventView& record, const DeviceTable& /*table*/) {
    return {.subsystem = record.subsystem,
            .devname = textIn(record, key::Devname),
            .devnum = numberOf<dev_t>(record.properties, key::Devnum),
            .ifindex = numberOf<std::uint32_t>(record.properties, key::Ifindex),
            .inode = numberOf<ino_t>(record.properties, key::Inode)};
}

UdevTable::Entry describedBy(const EventView& record, const UdevTable& /*table*/) {
    return {
        .readAt = record.realtime, .subsystem = record.subsystem, .devname = textIn(record, key::Devname)};
}

} // namespace

DeviceLog::DeviceLog(RecordLog log, DeviceTable& devices, UdevTable& udevDevices, ToldObjects& objects)
    : log_(std::move(log)), devices_(devices), udevDevices_(udevDevices), objects_(objects) {}

bool DeviceLog::restore(std::uint64_t nextId) {
    if (!holdsTables()) return false;
    log_.forEach([this, nextId](std::span<const std::byte> record) {
        const EventView view = viewRecord(record.data());
        if (view.id < nextId) takeUp(view);
    });
    begin(); // what was not taken up must not be there when another event has its id
    return true;
}

bool DeviceLog::holdsTables() const {
    bool isFirst = true;
    bool holds = false;
    log_.forEach([&](std::span<const std::byte> record) {
        if (std::exchange(isFirst, false))
            holds = viewRecord(record.data()).action == std::string_view(change::Begin);
    });
    return holds;
}

void DeviceLog::takeUp(const EventView& record) {
    if (record.action == std::string_view(change::Begin)) return;
    if (ToldObjects::has(record.source)) {
        objects_.apply(ownedCopy(record));
        return;
    }
    if (record.source == std::string_view(names::source::Kernel)) return takeUp(record, devices_);
    takeUp(record, udevDevices_);
}

template <typename Table>
void DeviceLog::takeUp(const EventView& record, Table& table) {
    const std::string_view what = record.action;
    if (what == change::Remove) return table.remove(record.object);
    if (what == change::Move) return table.move(textIn(record, key::From), record.object);
    table.put(record.object, describedBy(record, table));
}

void DeviceLog::begin() {
    isKept_ = log_.rewrite([this](RecordArea& area) { return writeTables(area); });
    if (!isKept_) return giveUp();
    limit_ = std::max(MinLimit, 4 * log_.bytesUsed());
}

// As of before the next event: of no event's own. With as much room behind them, so that the log is not
// written anew for each change where they nearly fill the memory.
bool DeviceLog::writeTables(RecordArea& area) const {
    if (!area.append(recordOf(names::source::Keventd, change::Begin, ""), 0)) return false;
    for (const auto& [devpath, device] : devices_.devices()) {
        if (!area.append(recordOf(devpath, device), 0)) return false;
    }
    for (const auto& [devpath, entry] : udevDevices_.devices()) {
        if (!area.append(recordOf(devpath, entry), 0)) return false;
    }
    for (const auto& [source, objects] : objects_.all()) {
        for (const auto& [key, event] : objects) {
            if (!area.append(event, 0)) return false;
        }
    }
    return area.hasRoomFor(std::max(RoomForAChange, area.bytesUsed()));
}

void DeviceLog::makeRoom() {
    if (isDue()) begin();
}

bool DeviceLog::isDue() {
    if (!isKept_) return retry_ == 0;
    return log_.bytesUsed() > limit_ || !log_.hasRoomFor(RoomForAChange);
}

void DeviceLog::noteDevice(const Event& event, std::uint64_t id) {
    note(devices_, event, id);
}

void DeviceLog::noteUdevDevice(const Event& event, std::uint64_t id) {
    note(udevDevices_, event, id);
}

template <typename Table>
void DeviceLog::note(const Table& table, const Event& event, std::uint64_t id) {
    const char* const tables = sourceOf(table);
    if (Table::isMove(event)) noteMove(tables, event, id);
    const auto found = table.devices().find(event.object);
    const bool isThere = found != table.devices().end();
    write(isThere ? recordOf(event.object, found->second) : recordOf(tables, change::Remove, event.object),
          id);
}

void DeviceLog::noteMove(const char* tables, const Event& event, std::uint64_t id) {
    Event record = recordOf(tables, change::Move, event.object);
    record.properties.set(key::From, event.properties.find("DEVPATH_OLD").value_or(""));
    write(record, id);
}

void DeviceLog::write(const Event& record, std::uint64_t id) {
    if (!isKept_) {
        if (retry_ > 0) --retry_;
    } else if (!log_.append(record, id)) {
        giveUp();
    }
}

// Half of the truth would be none.
void DeviceLog::giveUp() {
    log_.clear();
    isKept_ = false;
    retry_ = ChangesBeforeRetry;
    logWarning("state file: no room for the devices, the next start has to look what there is", fullLog_);
}

} // namespace keventd
