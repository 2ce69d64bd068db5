#include "daemon/sources/udev_records.h"

#include "daemon/base/errors.h"
#include "daemon/base/text.h"

#include <cerrno>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace keventd {
namespace {

// Names of records: device_get_device_id() in src/libsystemd/sd-device/sd-device.c (systemd).
std::string recordOf(const std::string& devpath, const Device& device) {
    if (device.devnum != 0) {
        const char* kind = device.subsystem == "block" ? "b" : "c";
        return text(kind, major(device.devnum), ":", minor(device.devnum));
    }
    if (device.ifindex != 0) return text("n", device.ifindex);
    return text("+", device.subsystem, ":", devpath.substr(devpath.rfind('/') + 1));
}

} // namespace

std::optional<std::chrono::microseconds> UdevRecords::writtenAt(const std::string& devpath,
                                                                const Device& device) const {
    struct stat record {};
    if (stat((root_ + "/data/" + recordOf(devpath, device)).c_str(), &record) < 0)
        return isAbsence(errno) ? std::optional(NoRecord) : std::nullopt;
    return std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::seconds(record.st_mtim.tv_sec) + std::chrono::nanoseconds(record.st_mtim.tv_nsec));
}

bool UdevRecords::isUdevdBusy() const {
    return access((root_ + "/queue").c_str(), F_OK) == 0;
}

} // namespace keventd
