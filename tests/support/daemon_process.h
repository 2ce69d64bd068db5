// The real keventd, started for one test on a socket in a directory of its own.
#pragma once

#include "tests/support/child_process.h"
#include "tests/support/temporary_directory.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace keventd::test {

struct DaemonOptions {
    std::vector<std::string> arguments; ///< after --socket and --bus; the last of an option does not win
    std::map<std::string, std::string> environment; ///< added to the test's own
    std::vector<int> inherited; ///< borrowed; passed as systemd passes sockets, in this order
    bool coldplug =
        false; ///< what is there is told at the beginning: as many events as the machine has devices
    std::string sources = "attribute"; ///< --sources: those beside uevents; it tells what somebody watches
    std::string bus = "none";
    std::string config = "/dev/null"; ///< and not what the machine has for its own daemon
    std::string socket;               ///< path of the private socket; empty: in a directory of its own
    std::function<void()> inChild;    ///< ChildOptions::inChild: to enter a namespace, to drop a privilege
};

class DaemonProcess {
public:
    /// Returns when the daemon has said READY=1 (sd_notify(3)): its sockets are open.
    /// @throws std::runtime_error with the daemon's log if it ends, or is not ready in time
    explicit DaemonProcess(DaemonOptions options = {});
    DaemonProcess(const DaemonProcess&) = delete;
    DaemonProcess& operator=(const DaemonProcess&) = delete;
    /// Stops it, and fails the test if it had ended by itself, ends otherwise than with 0, or if a sanitizer
    /// has something to say.
    ~DaemonProcess();

    /// @return the file that is run: $KEVENTD_BINARY, or what was built
    [[nodiscard]] static std::string binary();

    [[nodiscard]] const std::string& socketPath() const { return socket_; }
    /// @return D-Bus address of the private socket
    [[nodiscard]] std::string address() const { return "unix:path=" + socket_; }
    [[nodiscard]] pid_t pid() const { return child_->pid(); }

    void signal(int number) { child_->signal(number); }
    /// SIGSTOP; returns when the process has really stopped.
    void freeze();
    void thaw();

    /// Ends it with SIGTERM, frozen or not.
    /// @return its exit status, or 128 + signal
    int stop();
    /// Ends it with SIGKILL, which is then no failure.
    void kill();
    /// Waits for an end that the test has brought about otherwise, and takes it for no failure.
    /// @return as of stop()
    int waitForEnd();

    /// @return what it has written to stderr
    [[nodiscard]] std::string log() const { return child_->err(); }
    /// Asks the daemon again and again until it has written this; each answer is a turn of its loop.
    /// @return false at the deadline
    [[nodiscard]] bool waitForLog(const std::string& text) const;
    /// @return resident memory (VmRSS)
    [[nodiscard]] std::uint64_t rssBytes() const;
    /// @return the property Statistics, over a connection of its own to the private socket
    [[nodiscard]] std::map<std::string, std::uint64_t> statistics() const;

private:
    TemporaryDirectory directory_;
    std::string socket_;
    std::unique_ptr<ChildProcess> child_;
    bool frozen_ = false;
    bool ended_ = false; // as the test wanted
};

} // namespace keventd::test
