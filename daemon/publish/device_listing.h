// The answer to one call of ListDevices: the devices as of one id, each with the properties that udev's
// database has of it now.
#pragma once

#include "daemon/base/c_handles.h"
#include "daemon/publish/large_answer.h"
#include "daemon/sources/sysfs.h"
#include "daemon/sources/udev_properties.h"
#include "daemon/stream/filter.h"
#include "daemon/stream/stream.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace keventd {

class DeviceListing final : public LargeAnswer {
public:
    /// Far more than any machine's devices come to, and less than a broker lets pass (dbus-daemon: 32 MiB): a
    /// sender of more is disconnected.
    static constexpr std::size_t MaxBytes = 16 * 1024 * 1024;

    /// @param call  outlives the listing
    /// @param stream, sysfs, database  outlive the listing
    DeviceListing(sd_bus_message* call, Filter filter, const Stream& stream, const Sysfs& sysfs,
                  const UdevDatabase& database);

    /// At first, takes the devices as they are at this id; what comes later changes nothing.
    [[nodiscard]] bool work(const TurnBudget& budget) override;

private:
    void begin();
    void addNext();
    [[nodiscard]] bool mayMatch(const std::string& devpath, const Device& device) const;
    void send();

    using Entry = std::pair<std::string, Device>;

    sd_bus_message* call_;
    Filter filter_;
    const Stream& stream_;
    const Sysfs& sysfs_;
    const UdevDatabase& database_;
    std::vector<Entry> devices_;
    std::size_t position_ = 0;
    std::size_t bytes_ = 0;
    BusMessageHandle reply_; // once begun
};

} // namespace keventd
