// udev's devices: what its events have told is a table, what is there, sysfs and the records of udevd say. It
// also tells of what is no device and has uevents all the same, such as the queues of a network interface.
#pragma once

#include "daemon/sources/udev_properties.h"
#include "daemon/sources/udev_records.h"
#include "daemon/stream/resync_subject.h"
#include "daemon/stream/udev_table.h"

namespace keventd {

class UdevSubject final : public ResyncSubject {
public:
    /// All outlive the object.
    UdevSubject(const Sysfs& sysfs, const DeviceTable& devices, const UdevTable& table,
                const UdevRecords& records)
        : sysfs_(sysfs), devices_(devices), table_(table), records_(records) {}

    [[nodiscard]] const char* source() const override;
    [[nodiscard]] std::unique_ptr<Enumeration> enumerate() const override;
    /// The mark is the time at which udevd has written its record, in microseconds; 0 if there is none.
    [[nodiscard]] std::optional<Look> look(const std::string& devpath) const override;
    /// Of a device that udevd has no record of, nothing can be said while it is there.
    [[nodiscard]] Difference compare(const std::string& devpath, const Look& look) const override;
    /// While udevd has something to do, it is waited for, but not for ever: one that hangs is an accident of
    /// its own.
    [[nodiscard]] bool haveLeft(const Sequencer& sequencer, std::uint64_t newest,
                                bool allRead) const override;
    [[nodiscard]] std::optional<std::chrono::seconds> patience() const override;
    /// Says what udevd's record says, unless that is longer than an event of udev can be (MaxUdevEvent):
    /// then, what the kernel would say.
    [[nodiscard]] std::optional<Event> describe(const std::string& devpath,
                                                const char* action) const override;

private:
    [[nodiscard]] Event describeGone(const std::string& devpath) const;
    [[nodiscard]] std::optional<Event> describePresent(const std::string& devpath, const char* action) const;

    const Sysfs& sysfs_;
    const DeviceTable& devices_;
    const UdevTable& table_;
    const UdevRecords& records_;
    UdevDatabase database_;
};

} // namespace keventd
