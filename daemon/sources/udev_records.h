// When udevd has last written down what it knows of a device: its files in /run/udev/data, of which only the
// times are looked at here. What is in them is libudev's affair (UdevDatabase).
#pragma once

#include "daemon/sources/device.h"

#include <chrono>
#include <optional>
#include <string>
#include <utility>

namespace keventd {

class UdevRecords {
public:
    static constexpr std::chrono::microseconds NoRecord{0};

    /// @param root  /run/udev; it need not be there yet
    explicit UdevRecords(std::string root = "/run/udev") : root_(std::move(root)) {}

    /// udevd writes a record anew with each event that it has processed, before it sends it on. It keeps none
    /// of a device without a node that its rules have said nothing about.
    /// @return CLOCK_REALTIME of the last writing, NoRecord if there is none; nothing if that cannot be told
    [[nodiscard]] std::optional<std::chrono::microseconds> writtenAt(const std::string& devpath,
                                                                     const Device& device) const;
    /// @return whether udevd has events queued or in work (/run/udev/queue)
    [[nodiscard]] bool isUdevdBusy() const;

private:
    std::string root_;
};

} // namespace keventd
