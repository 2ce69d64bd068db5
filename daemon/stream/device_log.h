// What the tables of devices hold, written down as it changes: the next daemon takes it up, and knows of each
// device what the events in the history have told.
//
// Each change carries the id of the event that it belongs to, and is written before that is in the history:
// when the daemon is killed in between, the change is not taken up, and comes again with the event. When the
// log has become several times as long as what the tables hold, it is written anew.
#pragma once

#include "daemon/base/rate_limit.h"
#include "daemon/stream/device_table.h"
#include "daemon/stream/record_log.h"
#include "daemon/stream/told_objects.h"
#include "daemon/stream/udev_table.h"
#include "keventd/event.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace keventd {

class DeviceLog {
public:
    /// @param log           empty, or what an earlier daemon has left
    /// @param devices, udevDevices, objects  outlive the log
    DeviceLog(RecordLog log, DeviceTable& devices, UdevTable& udevDevices, ToldObjects& objects);

    /// Puts into the tables what they held when the event before `nextId` had entered the stream.
    /// @return false if the log does not hold it: the tables are as before
    [[nodiscard]] bool restore(std::uint64_t nextId);
    /// Writes down what the tables hold now. Without room, says so on the log: the next daemon then has to
    /// look for itself what there is, and so has it when it cannot be written down what changes.
    void begin();

    /// To be called before the next event changes a table.
    void makeRoom();
    /// Writes down what the event has changed in the table of the kernel's devices.
    /// @param id  that it is going to have
    void noteDevice(const Event& event, std::uint64_t id);
    /// The same, in the table of udev's.
    void noteUdevDevice(const Event& event, std::uint64_t id);
    /// The same, in that of what other sources tell of.
    void noteObject(const Event& event, std::uint64_t id) { write(event, id); }

private:
    template <typename Table>
    void note(const Table& table, const Event& event, std::uint64_t id);
    void noteMove(const char* tables, const Event& event, std::uint64_t id);
    void write(const Event& record, std::uint64_t id);
    void giveUp();
    [[nodiscard]] bool isDue();
    [[nodiscard]] bool writeTables(RecordArea& area) const;
    [[nodiscard]] bool holdsTables() const;
    void takeUp(const EventView& record);
    template <typename Table>
    void takeUp(const EventView& record, Table& table);

    RecordLog log_;
    DeviceTable& devices_;
    UdevTable& udevDevices_;
    ToldObjects& objects_;
    bool isKept_ = false;
    std::size_t limit_ = 0;   // bytes of the log at which it is written anew
    std::uint64_t retry_ = 0; // changes until that is tried again, when there was no room
    RateLimit fullLog_;
};

} // namespace keventd
