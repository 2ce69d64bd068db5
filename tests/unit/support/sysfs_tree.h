// A sysfs of a test's own: the directories, files and links that devices are known by.
#pragma once

#include "tests/support/temporary_directory.h"

#include <string>

namespace keventd::test {

class SysfsTree {
public:
    SysfsTree();

    /// Makes a device of a class, with its link from there.
    /// @param devpath  its last part is its name in the class
    void addDevice(const std::string& devpath, const std::string& subsystem = "mem");
    /// The same of a bus.
    void addBusDevice(const std::string& devpath, const std::string& subsystem);
    /// Makes a directory that belongs to no device.
    void addDirectory(const std::string& devpath);
    /// Makes a link, and what it leads to.
    void addLink(const std::string& path, const std::string& target);
    void write(const std::string& path, const std::string& text);
    void remove(const std::string& devpath);
    /// Has looks at what is below this directory fail, with an error that says nothing about it (ELOOP),
    /// until it is shown again.
    void hide(const std::string& devpath);
    void show(const std::string& devpath);

    [[nodiscard]] const char* root() const { return directory_.path().c_str(); }
    [[nodiscard]] ino_t inodeOf(const std::string& devpath) const;

private:
    void add(const std::string& devpath, const std::string& subsystem, const std::string& links);

    TemporaryDirectory directory_;
};

} // namespace keventd::test
