#include "tests/support/child_process.h"

#include "tests/support/checked_call.h"
#include "tests/support/effective_user.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <stdexcept>
#include <string_view>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <thread>

namespace keventd::test {
namespace {

constexpr int FirstInherited = 3; // sd_listen_fds(3)
constexpr int CannotRun = 127;    // as a shell tells it
constexpr std::string_view ListenPid = "LISTEN_PID=";

// What is made ready before the fork: afterwards, in a process that may have had threads, nothing may be
// allocated.
class Launch {
public:
    Launch(ChildOptions options, const TemporaryDirectory& files) : options_(std::move(options)) {
        out_ = create(files.file("stdout"));
        err_ = create(files.file("stderr"));
        input_.reset(check(open("/dev/null", O_RDONLY | O_CLOEXEC), "open /dev/null"));
        collectEnvironment();
        for (std::string& argument : options_.command) arguments_.push_back(argument.data());
        arguments_.push_back(nullptr);
        for (const int fd : options_.inherited) copies_.push_back(copyOutOfTheWay(fd));
    }

    /// @param parent  the test's process, with which this one is to end, however that comes
    [[noreturn]] void runInChild(pid_t parent) {
        resetSignals();
        dup2(input_.get(), STDIN_FILENO);
        dup2(out_.get(), STDOUT_FILENO);
        dup2(err_.get(), STDERR_FILENO);
        int next = FirstInherited;
        for (const UniqueFd& copy : copies_) dup2(copy.get(), next++);
        if (options_.inChild) options_.inChild();
        prctl(PR_SET_PDEATHSIG, SIGKILL); // last: a change of user clears it
        if (getppid() != parent) _exit(CannotRun);
        if (listenPid_ != nullptr) *std::to_chars(listenPid_, listenPid_ + 16, getpid()).ptr = '\0';
        execvpe(arguments_.front(), arguments_.data(), environment_.data());
        _exit(CannotRun);
    }

private:
    static UniqueFd create(const std::string& path) {
        return UniqueFd(
            check(open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600), "open output file"));
    }

    [[nodiscard]] UniqueFd copyOutOfTheWay(int fd) const {
        const int above = FirstInherited + static_cast<int>(options_.inherited.size());
        return UniqueFd(check(fcntl(fd, F_DUPFD_CLOEXEC, above), "copy inherited descriptor"));
    }

    void collectEnvironment() {
        for (char** entry = environ; *entry != nullptr; ++entry) {
            if (isOurs(*entry)) variables_.emplace_back(*entry);
        }
        for (const auto& [key, value] : options_.environment) variables_.push_back(key + "=" + value);
        if (!options_.inherited.empty()) {
            variables_.push_back("LISTEN_FDS=" + std::to_string(options_.inherited.size()));
            variables_.push_back(std::string(ListenPid) + std::string(16, '\0'));
        }
        for (std::string& variable : variables_) environment_.push_back(variable.data());
        if (!options_.inherited.empty()) listenPid_ = variables_.back().data() + ListenPid.size();
        environment_.push_back(nullptr);
    }

    // What a service manager told the test is not meant for its children, and what is added wins.
    [[nodiscard]] bool isOurs(std::string_view variable) const {
        const std::string key(variable.substr(0, variable.find('=')));
        for (const char* managers :
             {"LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID",
              "INVOCATION_ID", "JOURNAL_STREAM", "SYSTEMD_EXEC_PID"}) {
            if (key == managers) return false;
        }
        return !options_.environment.contains(key);
    }

    static void resetSignals() {
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, nullptr);
        std::signal(SIGPIPE, SIG_DFL); // NOLINT(cert-err33-c): cannot fail for SIGPIPE
    }

    ChildOptions options_;
    UniqueFd input_;
    UniqueFd out_;
    UniqueFd err_;
    std::vector<UniqueFd> copies_;
    std::vector<std::string> variables_;
    std::vector<char*> arguments_;
    std::vector<char*> environment_;
    char* listenPid_ = nullptr;
};

int statusOf(const siginfo_t& ended) {
    return ended.si_code == CLD_EXITED ? ended.si_status : 128 + ended.si_status;
}

pid_t start(ChildOptions options, const TemporaryDirectory& files) {
    Launch launch(std::move(options), files);
    const pid_t parent = getpid();
    const pid_t pid = check(fork(), "fork");
    if (pid == 0) launch.runInChild(parent);
    return pid;
}

int openPidfd(pid_t pid) {
    return check(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)), "pidfd_open");
}

} // namespace

ChildProcess::ChildProcess(ChildOptions options)
    : pid_(start(std::move(options), files_)), pidfd_(openPidfd(pid_)) {}

ChildProcess::~ChildProcess() {
    signal(SIGKILL);
    if (!status_) reap();
}

void ChildProcess::signal(int number) {
    if (!status_) kill(pid_, number);
}

std::optional<int> ChildProcess::wait(const Deadline& deadline) {
    pollfd ended{.fd = pidfd_.get(), .events = POLLIN, .revents = 0};
    while (!status_) {
        if (poll(&ended, 1, deadline.pollTimeout()) > 0) {
            reap();
        } else if (deadline.expired()) {
            break;
        }
    }
    return status_;
}

bool ChildProcess::waitUntilInterruptible(int number) const {
    constexpr std::string_view caught = "SigCgt:\t"; // proc(5): a mask in hexadecimal
    const std::uint64_t bit = std::uint64_t{1} << static_cast<unsigned>(number - 1);
    for (const Deadline deadline; !deadline.expired(); std::this_thread::yield()) {
        const std::string status = readFile("/proc/" + std::to_string(pid_) + "/status");
        const std::size_t at = status.find(caught);
        if (at == std::string::npos || status.find("State:\tS") == std::string::npos) continue;
        if ((std::strtoull(status.c_str() + at + caught.size(), nullptr, 16) & bit) != 0) return true;
    }
    return false;
}

void ChildProcess::reap() {
    siginfo_t info{};
    while (waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED) < 0 && errno == EINTR) {
    }
    status_ = statusOf(info);
}

Finished run(ChildOptions options, const Deadline& deadline) {
    const std::string program = options.command.front();
    ChildProcess child(std::move(options));
    const auto status = child.wait(deadline);
    if (!status) throw std::runtime_error(program + " has not ended in time");
    return {*status, child.out(), child.err()};
}

ChildOptions asNobody(std::vector<std::string> command) {
    return {.command = std::move(command), .environment = {}, .inherited = {}, .inChild = [] {
                if (setresuid(Nobody, Nobody, Nobody) < 0) _exit(CannotRun);
            }};
}

Finished run(std::vector<std::string> command) {
    return run(
        ChildOptions{.command = std::move(command), .environment = {}, .inherited = {}, .inChild = {}});
}

} // namespace keventd::test
