#include "tests/kernel/private_root.h"

#include "tests/support/checked_call.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <net/if.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

namespace keventd::test {
namespace {

constexpr const char* RulesDirectory = "/usr/lib/udev/rules.d";
constexpr const char* RuleFile = "/usr/lib/udev/rules.d/50-test.rules";

struct Node {
    const char* path;
    unsigned minor;
};
constexpr std::array<Node, 4> Nodes{
    Node{"/dev/null", 3}, {"/dev/zero", 5}, {"/dev/full", 7}, {"/dev/urandom", 9}};
constexpr unsigned MemMajor = 1;

void mountOver(const char* type, const char* target) {
    if (!std::filesystem::is_directory(target)) return;
    check(mount(type, target, type, 0, nullptr), std::string("mount ") + type + " on " + target);
}

// New nodes, not the machine's bound here: those would get the modes that this udevd gives them.
void makeNodes() {
    for (const auto& [path, minor] : Nodes) {
        check(mknod(path, S_IFCHR | 0666, makedev(MemMajor, minor)), std::string("make ") + path);
        check(chmod(path, 0666), std::string("open ") + path); // whatever the umask
    }
}

} // namespace

void enterPrivateRoot(const std::string& rule) {
    check(unshare(CLONE_NEWNS | CLONE_NEWNET), "unshare mount and network namespace");
    check(mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), "make mounts private");
    for (const char* directory : {"/run", "/dev", "/etc/udev", "/usr/local/lib/udev", RulesDirectory}) {
        mountOver("tmpfs", directory);
    }
    mountOver("sysfs", "/sys");
    makeNodes();
    std::ofstream(RuleFile) << rule << '\n';
}

bool isPrivateRoot(std::string& reason) {
    std::error_code ignored;
    const std::filesystem::directory_iterator end;
    for (const char* directory : {"/run", "/etc/udev", "/usr/local/lib/udev"}) {
        if (std::filesystem::directory_iterator(directory, ignored) != end)
            reason = std::string(directory) + " is not empty";
    }
    for (const auto& entry : std::filesystem::directory_iterator(RulesDirectory, ignored)) {
        if (entry.path() != RuleFile) reason = entry.path().string() + " is there";
    }
    for (const auto& entry : std::filesystem::directory_iterator("/dev", ignored)) {
        if (entry.is_block_file()) reason = entry.path().string() + " is there";
    }
    if (if_nametoindex("lo") == 0 || std::filesystem::exists("/sys/class/net/eth0"))
        reason = "foreign network devices";
    return reason.empty();
}

} // namespace keventd::test
