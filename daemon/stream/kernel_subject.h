// The kernel's devices: what its events have told is the device table, what is there is sysfs.
#pragma once

#include "daemon/sources/sysfs.h"
#include "daemon/stream/device_table.h"
#include "daemon/stream/resync_subject.h"

namespace keventd {

class KernelSubject final : public ResyncSubject {
public:
    /// Both outlive the object.
    KernelSubject(const Sysfs& sysfs, const DeviceTable& table) : sysfs_(sysfs), table_(table) {}

    [[nodiscard]] const char* source() const override;
    [[nodiscard]] std::unique_ptr<Enumeration> enumerate() const override;
    /// A device that was told of is there as long as its directory is: its file `uevent` goes first, before
    /// its driver has let go of it, and the event comes in between (device_del() in drivers/base/core.c). The
    /// mark is the inode of the directory: another one if the device was removed and added.
    [[nodiscard]] std::optional<Look> look(const std::string& devpath) const override;
    [[nodiscard]] Difference compare(const std::string& devpath, const Look& look) const override;
    /// The kernel tells that a device goes before its directory does. That one comes it tells when the
    /// directory is there, a moment later (device_add()): an `add` may be told twice, if both looks fall into
    /// this moment.
    [[nodiscard]] bool haveLeft(const Sequencer& sequencer, std::uint64_t newest,
                                bool allRead) const override;
    [[nodiscard]] std::optional<std::chrono::seconds> patience() const override { return std::nullopt; }
    [[nodiscard]] std::optional<Event> describe(const std::string& devpath,
                                                const char* action) const override;

private:
    const Sysfs& sysfs_;
    const DeviceTable& table_;
};

} // namespace keventd
