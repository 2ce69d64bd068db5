// A client's picture of the devices: what was listed, and what the events since then have made of it.
#pragma once

#include "tests/support/bus_client.h"

#include <set>
#include <string>

namespace keventd::test {

class DevicePicture {
public:
    explicit DevicePicture(const DeviceList& list) {
        for (const Event& device : list.devices) devpaths_.insert(device.object);
    }

    void replay(const Event& event) {
        if (event.action == "add") devpaths_.insert(event.object);
        if (event.action == "remove") devpaths_.erase(event.object);
        if (event.action != "move") return;
        devpaths_.erase(std::string(event.properties.find("DEVPATH_OLD").value_or("")));
        devpaths_.insert(event.object);
    }
    [[nodiscard]] const std::set<std::string>& devpaths() const { return devpaths_; }

private:
    std::set<std::string> devpaths_;
};

} // namespace keventd::test
