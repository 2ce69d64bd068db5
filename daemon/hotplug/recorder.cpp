#include "daemon/hotplug/recorder.h"

#include "daemon/base/unique_fd.h"
#include "daemon/hotplug/complaint.h"
#include "daemon/hotplug/spool_place.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <linux/netlink.h>
#include <poll.h>
#include <string_view>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

namespace keventd::spool {
namespace {

constexpr int FirstPassed = 3; // SD_LISTEN_FDS_START
constexpr std::uint32_t KernelGroup = 1;
constexpr int BufferBytes = 128 * 1024 * 1024;
constexpr const char* PidFile = "/run/keventd-recorder.pid";
constexpr int Patience = 5000; // milliseconds

// Where it ends: in the room of a process id, of which none has more digits.
using Digits = std::array<char, 16>;

Digits digitsOf(pid_t pid) {
    Digits digits{};
    std::snprintf(digits.data(), digits.size(), "%d", static_cast<int>(pid));
    return digits;
}

bool keepPid() {
    unlink(PidFile);
    const UniqueFd file(open(PidFile, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    const Digits digits = digitsOf(getpid());
    const std::size_t bytes = std::strlen(digits.data());
    return file && write(file.get(), digits.data(), bytes) == static_cast<ssize_t>(bytes);
}

// @return 0 if there is no file of ours
pid_t readPid() {
    const UniqueFd file(open(PidFile, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!file || !isOursAlone(file.get())) return 0;
    Digits digits{};
    if (read(file.get(), digits.data(), digits.size() - 1) <= 0) return 0;
    return static_cast<pid_t>(std::strtol(digits.data(), nullptr, 10));
}

// The process of that number may be another one by now. Ours is keventd, or still keventd-hotplug.
bool isRecorder(pid_t pid) {
    char path[64];
    std::snprintf(path, sizeof path, "/proc/%d/comm", static_cast<int>(pid));
    const UniqueFd file(open(path, O_RDONLY | O_CLOEXEC));
    std::array<char, 16> name{}; // TASK_COMM_LEN
    return file && read(file.get(), name.data(), name.size()) > 0 &&
           std::string_view(name.data(), name.size()).starts_with("keventd");
}

bool endsAfter(int process, int signal) {
    if (syscall(SYS_pidfd_send_signal, process, signal, nullptr, 0) < 0) return errno == ESRCH;
    pollfd end{.fd = process, .events = POLLIN, .revents = 0};
    return poll(&end, 1, Patience) == 1;
}

} // namespace

bool openRecordersSocket() {
    const int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);
    const int on = 1;
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = KernelGroup;
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof on) < 0 ||
        bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0)
        return complain("open the uevent socket: ", strerror(errno));
    // The daemon says what a small one means.
    static_cast<void>(setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &BufferBytes, sizeof BufferBytes));
    if (fd == FirstPassed) return true;
    if (dup2(fd, FirstPassed) < 0) return complain("pass on the uevent socket: ", strerror(errno));
    close(fd);
    return true;
}

bool becomeRecorder(char* const* command, bool hasSocket) {
    if (!keepPid()) return complain("write ", PidFile, ": ", strerror(errno));
    const bool isTold = !hasSocket || (setenv("LISTEN_PID", digitsOf(getpid()).data(), 1) == 0 &&
                                       setenv("LISTEN_FDS", "1", 1) == 0);
    if (isTold) execvp(command[0], command);
    complain("start ", command[0], ": ", strerror(errno));
    unlink(PidFile);
    return false;
}

bool endRecorder() {
    const pid_t pid = readPid();
    if (pid <= 0) return true;
    const UniqueFd process(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
    if (!process && errno != ESRCH)
        return complain("the recorder, process ", digitsOf(pid).data(), ": ", strerror(errno));
    if (process && isRecorder(pid) && !endsAfter(process.get(), SIGTERM) &&
        !endsAfter(process.get(), SIGKILL))
        return complain("the recorder, process ", digitsOf(pid).data(), ", does not end");
    unlink(PidFile);
    return true;
}

} // namespace keventd::spool
