#include "tests/bench/process_usage.h"

#include "tests/support/deadline.h"
#include "tests/support/temporary_directory.h"

#include <filesystem>
#include <fstream>
#include <linux/netlink.h>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace keventd::bench {
namespace {

using test::readFile;

constexpr std::chrono::milliseconds LookInterval{50};
constexpr int QuietLooks = 8; // in a row: several times what a hole in SEQNUM is waited for
constexpr std::chrono::minutes IdlePatience{5};

std::string directoryOf(pid_t pid) {
    return "/proc/" + std::to_string(pid);
}

// @return the number behind "FIELD:" in a file of such lines; 0 if there is none
std::uint64_t numberBehind(const std::string& text, const std::string& field) {
    const std::size_t at = text.find("\n" + field + ":");
    return at == std::string::npos ? 0 : std::stoull(text.substr(at + field.size() + 2));
}

bool isRunnable(pid_t pid) {
    const std::string stat = readFile(directoryOf(pid) + "/stat");
    const std::size_t name = stat.rfind(") "); // the name may hold anything
    if (name == std::string::npos) throw std::runtime_error("process " + std::to_string(pid) + " is gone");
    return stat[name + 2] == 'R';
}

// @return CPU time of all, or nothing new to compare if one is about to run
std::chrono::nanoseconds look(const std::vector<pid_t>& processes, bool& isBusy) {
    std::chrono::nanoseconds used{0};
    for (const pid_t pid : processes) {
        isBusy |= isRunnable(pid);
        used += cpuTime(pid);
    }
    return used;
}

} // namespace

std::chrono::nanoseconds cpuTime(pid_t pid) {
    std::chrono::nanoseconds used{0};
    for (const auto& task : std::filesystem::directory_iterator(directoryOf(pid) + "/task")) {
        std::int64_t nanoseconds = 0;
        std::ifstream(task.path() / "schedstat") >> nanoseconds;
        used += std::chrono::nanoseconds(nanoseconds);
    }
    return used;
}

std::uint64_t contextSwitches(pid_t pid) {
    std::uint64_t switches = 0;
    for (const auto& task : std::filesystem::directory_iterator(directoryOf(pid) + "/task")) {
        const std::string status = readFile((task.path() / "status").string());
        switches += numberBehind(status, "voluntary_ctxt_switches") +
                    numberBehind(status, "nonvoluntary_ctxt_switches");
    }
    return switches;
}

std::uint64_t memoryField(pid_t pid, const std::string& field) {
    constexpr std::uint64_t kibibyte = 1024;
    return numberBehind(readFile(directoryOf(pid) + "/status"), field) * kibibyte;
}

void waitUntilIdle(const std::vector<pid_t>& processes) {
    const test::Deadline deadline(IdlePatience);
    std::chrono::nanoseconds before{-1};
    for (int quiet = 0; quiet < QuietLooks;) {
        if (deadline.expired()) throw std::runtime_error("the processes do not come to rest");
        std::this_thread::sleep_for(LookInterval);
        bool isBusy = false;
        const auto now = look(processes, isBusy);
        quiet = !isBusy && now == before ? quiet + 1 : 0;
        before = now;
    }
}

UeventSockets ueventSockets() {
    std::istringstream table(readFile("/proc/self/net/netlink"));
    std::string line;
    std::getline(table, line); // head: sk Eth Pid Groups Rmem Wmem Dump Locks Drops Inode
    UeventSockets sockets;
    while (std::getline(table, line)) {
        std::istringstream columns(line);
        std::string skipped;
        std::string groups;
        int family = -1;
        std::uint64_t drops = 0;
        columns >> skipped >> family >> skipped >> groups >> skipped >> skipped >> skipped >> skipped >>
            drops;
        if (family != NETLINK_KOBJECT_UEVENT || groups.find_first_not_of('0') == std::string::npos) continue;
        ++sockets.count;
        sockets.drops += drops;
    }
    return sockets;
}

} // namespace keventd::bench
