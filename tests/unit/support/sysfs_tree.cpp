#include "tests/unit/support/sysfs_tree.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace keventd::test {
namespace {

namespace fs = std::filesystem;

/// @return "../../devices/…", as the links of sysfs are
fs::path linkFrom(const fs::path& directory, const fs::path& target) {
    return fs::relative(target, directory);
}

} // namespace

SysfsTree::SysfsTree() {
    for (const char* name : {"devices", "class", "bus"}) fs::create_directory(directory_.path() / name);
}

void SysfsTree::addDevice(const std::string& devpath, const std::string& subsystem) {
    add(devpath, subsystem, "class/" + subsystem);
}

void SysfsTree::addBusDevice(const std::string& devpath, const std::string& subsystem) {
    add(devpath, subsystem, "bus/" + subsystem + "/devices");
}

void SysfsTree::add(const std::string& devpath, const std::string& subsystem, const std::string& links) {
    addDirectory(devpath);
    write(devpath + "/uevent", "");
    const fs::path device = directory_.path() / devpath.substr(1);
    const fs::path linksDirectory = directory_.path() / links;
    fs::create_directories(linksDirectory);
    fs::create_directory_symlink(linkFrom(linksDirectory, device), linksDirectory / device.filename());
    const bool isOfBus = links.starts_with("bus/");
    fs::create_directory_symlink(
        linkFrom(device, directory_.path() / (isOfBus ? "bus" : "class") / subsystem), device / "subsystem");
}

void SysfsTree::addDirectory(const std::string& devpath) {
    fs::create_directories(directory_.path() / devpath.substr(1));
}

void SysfsTree::addLink(const std::string& path, const std::string& target) {
    addDirectory(target);
    const fs::path link = directory_.path() / path.substr(1);
    fs::create_directories(link.parent_path());
    fs::create_directory_symlink(linkFrom(link.parent_path(), directory_.path() / target.substr(1)), link);
}

void SysfsTree::write(const std::string& path, const std::string& text) {
    std::ofstream(directory_.path() / path.substr(1)) << text;
}

void SysfsTree::remove(const std::string& devpath) {
    fs::remove_all(directory_.path() / devpath.substr(1));
}

void SysfsTree::hide(const std::string& devpath) {
    const fs::path directory = directory_.path() / devpath.substr(1);
    fs::rename(directory, directory.string() + " hidden");
    fs::create_symlink(directory.filename(), directory);
}

void SysfsTree::show(const std::string& devpath) {
    const fs::path directory = directory_.path() / devpath.substr(1);
    fs::remove(directory);
    fs::rename(directory.string() + " hidden", directory);
}

ino_t SysfsTree::inodeOf(const std::string& devpath) const {
    struct stat directory {};
    EXPECT_EQ(stat((directory_.path() / devpath.substr(1)).c_str(), &directory), 0);
    return directory.st_ino;
}

} // namespace keventd::test
