#include "tests/support/daemon_process.h"

#include "tests/support/bus_client.h"
#include "tests/support/deadline.h"
#include "tests/support/notify_socket.h"

#include <csignal>
#include <cstdlib>
#include <gtest/gtest.h>
#include <string_view>
#include <sys/wait.h>

namespace keventd::test {
namespace {

bool sanitizerComplains(const std::string& log) {
    return log.find("Sanitizer") != std::string::npos || log.find("runtime error:") != std::string::npos;
}

} // namespace

std::string DaemonProcess::binary() {
    const char* wanted = std::getenv("KEVENTD_BINARY");
    return wanted != nullptr ? wanted : KEVENTD_BINARY;
}

DaemonProcess::DaemonProcess(DaemonOptions options)
    : socket_(options.socket.empty() ? directory_.file("bus") : options.socket) {
    const NotifySocket notify;
    ChildOptions child{.command = {binary(), "--socket=" + socket_, "--bus=" + options.bus,
                                   "--config=" + options.config, "--sources=" + options.sources},
                       .environment = std::move(options.environment),
                       .inherited = std::move(options.inherited),
                       .inChild = std::move(options.inChild)};
    if (!options.coldplug) child.command.emplace_back("--coldplug=no");
    child.command.insert(child.command.end(), options.arguments.begin(), options.arguments.end());
    child.environment["NOTIFY_SOCKET"] = notify.path();
    child_ = std::make_unique<ChildProcess>(std::move(child));
    notify.waitUntilReady(*child_);
}

DaemonProcess::~DaemonProcess() {
    if (!ended_) {
        EXPECT_EQ(stop(), EXIT_SUCCESS) << log();
    }
    EXPECT_FALSE(sanitizerComplains(log())) << log();
}

void DaemonProcess::freeze() {
    signal(SIGSTOP);
    frozen_ = true;
    siginfo_t info{};
    waitid(P_PID, static_cast<id_t>(pid()), &info, WSTOPPED | WEXITED | WNOWAIT);
    EXPECT_EQ(info.si_code, CLD_STOPPED) << log();
}

void DaemonProcess::thaw() {
    signal(SIGCONT);
    frozen_ = false;
}

int DaemonProcess::stop() {
    const bool endedAlone = child_->wait(Deadline(std::chrono::milliseconds(0))).has_value();
    EXPECT_FALSE(endedAlone) << "keventd ended by itself: " << log();
    signal(SIGTERM);
    // Not to one that runs: at its exit LeakSanitizer stops it by ptrace(2), and SIGCONT would undo that for
    // good.
    if (frozen_) thaw();
    return waitForEnd();
}

void DaemonProcess::kill() {
    signal(SIGKILL);
    static_cast<void>(waitForEnd());
}

int DaemonProcess::waitForEnd() {
    ended_ = true;
    if (const auto status = child_->wait()) return *status;
    ADD_FAILURE() << "keventd has not ended in time: " << log();
    return -1;
}

bool DaemonProcess::waitForLog(const std::string& text) const {
    const BusClient client(address());
    for (const Deadline deadline; !deadline.expired(); static_cast<void>(client.statistics())) {
        if (log().find(text) != std::string::npos) return true;
    }
    return false;
}

std::uint64_t DaemonProcess::rssBytes() const {
    const std::string status = readFile("/proc/" + std::to_string(pid()) + "/status");
    constexpr std::string_view key = "VmRSS:";
    const std::size_t at = status.find(key);
    if (at == std::string::npos) return 0;
    constexpr std::uint64_t kibibyte = 1024;
    return std::strtoull(status.c_str() + at + key.size(), nullptr, 10) * kibibyte;
}

std::map<std::string, std::uint64_t> DaemonProcess::statistics() const {
    return BusClient(address()).statistics();
}

} // namespace keventd::test
