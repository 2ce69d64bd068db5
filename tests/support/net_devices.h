// Network devices made and removed over rtnetlink: real uevents without privilege outside one's own
// namespace.
#pragma once

#include "daemon/base/unique_fd.h"

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace keventd::test {

class NetDevices {
public:
    /// Of the calling thread's network namespace.
    NetDevices();

    /// Makes a pair of devices. Any bytes but '/', ':' and white space may be in a name, up to 15 of them.
    /// @throws std::system_error
    void createVeth(std::string_view name, std::string_view peer);
    /// Renames a device, which is down.
    /// @throws std::system_error
    void rename(std::string_view name, std::string_view to);
    /// Removes a device, and its peer with it.
    /// @throws std::system_error
    void remove(std::string_view name);

private:
    void request(std::vector<char> message, const char* what);

    UniqueFd socket_;
    std::uint32_t sequence_ = 0;
};

/// @return devpaths of the network devices that /sys shows
[[nodiscard]] std::set<std::string> netDevicesOfSysfs();

} // namespace keventd::test
