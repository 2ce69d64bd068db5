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
    [[nodiscard]] std::set<std::string> objects() const override;
    /// The mark is the inode of the device's directory: another one if the device was removed and added.
    [[nodiscard]] Look look(const std::string& devpath) const override;
    [[nodiscard]] Difference compare(const std::string& devpath, const Look& look) const override;
    /// The kernel tells that a device goes before its directory does. That one comes it tells when the
    /// directory is there, a moment later (device_add(), device_del() in drivers/base/core.c): an `add` may
    /// be told twice, if there is a look in this moment and another one 50 ms later.
    [[nodiscard]] bool haveLeft(const Sequencer& sequencer, std::uint64_t newest,
                                bool allRead) const override;
    [[nodiscard]] std::optional<std::chrono::seconds> patience() const override { return std::nullopt; }
    [[nodiscard]] Event describe(const std::string& devpath, const char* action) const override;

private:
    const Sysfs& sysfs_;
    const DeviceTable& table_;
};

} // namespace keventd
