// Files of sysfs that hold anything: the device that is read keeps its promises.
// Input: a line for the file `dev`, one for `ifindex`; the rest, up to a NUL byte, is the file `uevent`.
#include "daemon/sources/sysfs.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/unit/support/sysfs_tree.h"

#include <sys/sysmacros.h>

namespace {

using keventd::PropertyList;
using keventd::fuzz::require;

constexpr const char* Devpath = "/devices/virtual/net/fuzz0";

/// A device that looks as if it had a node and were a network interface, too.
class DeviceOfFiles {
public:
    DeviceOfFiles() : sysfs_(makeRoot()) {}

    void write(const std::string& name, std::string_view contents) {
        tree_.write(std::string(Devpath) + "/" + name, std::string(contents));
    }
    [[nodiscard]] const keventd::Sysfs& sysfs() const { return sysfs_; }

private:
    const char* makeRoot() {
        tree_.addDevice(Devpath, "net");
        return tree_.root();
    }

    keventd::test::SysfsTree tree_;
    keventd::Sysfs sysfs_;
};

/// As the kernel writes it: with 12 bits for the first and 20 for the second, of which fewer digits are taken
/// here.
bool isNumberOfNode(std::string_view dev) {
    const auto isNumber = [](std::string_view text) {
        return !text.empty() && text.size() <= 3 && text.front() != '0' &&
               text.find_first_not_of("0123456789") == std::string_view::npos;
    };
    const std::size_t colon = dev.find(':');
    return colon != std::string_view::npos && isNumber(dev.substr(0, colon)) &&
           isNumber(dev.substr(colon + 1));
}

std::size_t countOf(const PropertyList& properties, std::string_view uevent) {
    std::size_t count = 0;
    for (const keventd::Property property : properties) {
        require(!property.key.empty(), "a property has a key");
        require(property.key.find_first_of("=\n") == std::string_view::npos, "keys are keys");
        require(property.value.find('\n') == std::string_view::npos, "a value is of one line");
        require(uevent.find(property.key) != std::string_view::npos, "keys are out of the file");
        ++count;
    }
    return count;
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static DeviceOfFiles device;
    keventd::fuzz::Input input(data, size);
    const std::string dev = input.text();
    const std::string ifindex = input.text();
    device.write("dev", dev);
    device.write("ifindex", ifindex);
    const std::string_view uevent = input.rest().substr(0, input.rest().find('\0'));
    device.write("uevent", uevent);

    const PropertyList properties = device.sysfs().properties(Devpath);
    require(countOf(properties, uevent) == properties.size(), "there are as many properties as counted");
    const auto found = device.sysfs().find(Devpath);
    require(found && found->subsystem == "net", "the device is found");
    require(found->devname == (found->devnum == 0 ? "" : properties.find("DEVNAME").value_or("")),
            "a node has the name that the kernel gives it");
    if (isNumberOfNode(dev)) {
        require(dev == std::to_string(major(found->devnum)) + ":" + std::to_string(minor(found->devnum)),
                "the number of the node is as written");
    }
    if (found->ifindex != 0)
        require(ifindex.find(std::to_string(found->ifindex)) != std::string::npos, "the index is as written");
    return 0;
}
