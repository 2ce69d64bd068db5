// The answer to one call of ListDevices, as it is put together: the devices as of one id, each with the
// properties that udev's database has of it now.
#pragma once

#include "daemon/base/c_handles.h"
#include "daemon/sources/sysfs.h"
#include "daemon/sources/udev_properties.h"
#include "daemon/stream/filter.h"
#include "daemon/stream/stream.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace keventd {

class DeviceListing {
public:
    /// Far more than any machine's devices come to, and less than a broker lets pass (dbus-daemon: 32 MiB): a
    /// sender of more is disconnected.
    static constexpr std::size_t MaxBytes = 16 * 1024 * 1024;

    /// Takes the devices as they are at this id; what comes later changes nothing.
    /// @param call    kept until it is answered
    /// @param filter  outlives the listing
    DeviceListing(sd_bus_message* call, const Filter& filter, const Stream& stream);

    /// @return whether all devices have been looked at
    [[nodiscard]] bool isComplete() const { return position_ == devices_.size(); }
    /// Looks at the next device.
    /// @throws BusError LimitExceeded
    void addNext(const Sysfs& sysfs, const UdevDatabase& database);
    /// Answers the call.
    void send();

private:
    [[nodiscard]] bool mayMatch(const std::string& devpath, const Device& device) const;

    using Entry = std::pair<std::string, Device>;

    const Filter& filter_;
    std::vector<Entry> devices_;
    std::size_t position_ = 0;
    std::size_t bytes_ = 0;
    BusMessageHandle reply_;
};

} // namespace keventd
