#include "tests/kernel/helper_root.h"

#include "tests/support/checked_call.h"

#include "daemon/base/clock.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <gtest/gtest.h>
#include <iterator>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <systemd/sd-id128.h>
#include <unistd.h>

namespace keventd::test {
namespace {

/// Strings as execve(2) takes them.
class StringArray {
public:
    explicit StringArray(const std::vector<std::string>& strings) : strings_(strings) {
        for (std::string& string : strings_) pointers_.push_back(string.data());
        pointers_.push_back(nullptr);
    }
    [[nodiscard]] char* const* get() const { return pointers_.data(); }

private:
    std::vector<std::string> strings_;
    std::vector<char*> pointers_;
};

[[noreturn]] void runHelper(const std::string& root, char* const* arguments, char* const* environment,
                            int gate) {
    char byte = 0;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpriority(PRIO_PROCESS, 0, 19); // so that a test which does something to them, is not the last to run
    if (gate >= 0 && read(gate, &byte, 1) < 0) _exit(126);
    if (chroot(root.c_str()) < 0 || chdir("/") < 0) _exit(126);
    close_range(0, ~0U, 0);
    execve(HelperRoot::Helper, arguments, environment);
    _exit(127);
}

} // namespace

void enterMountNamespace() {
    check(unshare(CLONE_NEWNS), "unshare mount namespace");
    check(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), "make mounts private");
}

HelperRoot::HelperRoot() {
    mount("", "mode=755");
    for (const char* directory : {"/run", "/dev", "/sbin", "/sys/kernel"})
        std::filesystem::create_directories(path(directory));
    std::filesystem::copy_file(HOTPLUG_BINARY, path(Helper));
}

HelperRoot::~HelperRoot() {
    for (auto mounted = mounts_.rbegin(); mounted != mounts_.rend(); ++mounted)
        umount2(mounted->c_str(), MNT_DETACH);
}

void HelperRoot::mount(const std::string& directory, const std::string& options) {
    check(::mount("tmpfs", path(directory).c_str(), "tmpfs", 0, options.c_str()), "mount tmpfs");
    mounts_.push_back(path(directory));
}

pid_t HelperRoot::start(const std::vector<std::string>& environment, const std::string& subsystem,
                        int gate) const {
    const StringArray arguments({Helper, subsystem});
    const StringArray variables(environment);
    const std::string root = path("");
    const pid_t pid = fork();
    check(pid, "fork");
    if (pid == 0) runHelper(root, arguments.get(), variables.get(), gate);
    return pid;
}

int HelperRoot::run(const std::vector<std::string>& environment, const std::string& subsystem) const {
    return reap(start(environment, subsystem));
}

std::vector<pid_t> HelperRoot::startAtOnce(std::uint64_t count) const {
    int ends[2];
    check(pipe2(ends, O_CLOEXEC), "pipe");
    const UniqueFd gate(ends[0]);
    UniqueFd opener(ends[1]);
    std::vector<pid_t> pids;
    for (std::uint64_t seqnum = 1; seqnum <= count; ++seqnum) {
        const pid_t pid = fork();
        check(pid, "fork");
        if (pid == 0) {
            close(ends[1]);
            const StringArray arguments({Helper, "mem"});
            const StringArray variables(ueventEnvironment(seqnum));
            runHelper(path(""), arguments.get(), variables.get(), ends[0]);
        }
        pids.push_back(pid);
    }
    opener.reset();
    return pids;
}

ChildOptions HelperRoot::handingOver(const std::string& directory) const {
    return {.command = {Helper, "--hand-over", directory},
            .environment = {},
            .inherited = {},
            .inChild = [root = path("")] {
                if (chroot(root.c_str()) < 0 || chdir("/") < 0) _exit(126);
            }};
}

Finished HelperRoot::handOver(const std::string& directory) const {
    return test::run(handingOver(directory));
}

SpoolContents HelperRoot::spool(const std::string& directory) const {
    return contentsOfSpool(path(directory + "/spool"));
}

std::vector<std::string> ueventEnvironment(std::uint64_t seqnum) {
    const std::string number = std::to_string(seqnum);
    return {"ACTION=add",
            "DEVPATH=/devices/virtual/test/t" + number,
            "SUBSYSTEM=test",
            "MODALIAS=" + std::string(seqnum % 400, 'm'),
            "SEQNUM=" + number,
            "HOME=/",
            "PATH=/sbin:/bin:/usr/sbin:/usr/bin"};
}

SpoolContents contentsOfSpool(const std::string& file) {
    SpoolReading reading{.boot = {}, .now = readTimeNow()};
    sd_id128_t boot{};
    if (sd_id128_get_boot(&boot) >= 0)
        std::copy(std::begin(boot.bytes), std::end(boot.bytes), reading.boot.begin());
    auto parsed = parseSpool(readFile(file), reading);
    if (const auto* why = std::get_if<NotBelieved>(&parsed)) {
        ADD_FAILURE() << file << ": " << why->reason;
        return {};
    }
    return std::move(std::get<SpoolContents>(parsed));
}

std::vector<std::uint64_t> sortedSeqnums(const std::vector<Event>& events) {
    std::vector<std::uint64_t> seqnums;
    for (const Event& event : events) seqnums.push_back(event.seqnum);
    std::sort(seqnums.begin(), seqnums.end());
    return seqnums;
}

int reap(pid_t pid) {
    siginfo_t info{};
    while (waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED) < 0 && errno == EINTR) {
    }
    return info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
}

std::uint64_t countFailures(const std::vector<pid_t>& pids) {
    std::uint64_t failures = 0;
    for (const pid_t pid : pids) failures += reap(pid) == 0 ? 0U : 1U;
    return failures;
}

} // namespace keventd::test
