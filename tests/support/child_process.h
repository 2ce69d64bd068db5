// A child process, known by its pid and pidfd: started, waited for with a deadline, ended and reaped. It ends
// with the test, even if that is killed.
//
// Its stdout and stderr go to files of its own, so that it never waits for a reader.
#pragma once

#include "daemon/base/unique_fd.h"
#include "tests/support/deadline.h"
#include "tests/support/temporary_directory.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace keventd::test {

struct ChildOptions {
    std::vector<std::string> command;               ///< program (found in $PATH) and arguments
    std::map<std::string, std::string> environment; ///< added to the test's own
    std::vector<int> inherited; ///< borrowed; the child's descriptors 3…, told by LISTEN_FDS and LISTEN_PID
    std::function<void()> inChild; ///< called in the child before it runs the program; async-signal-safe
};

class ChildProcess {
public:
    /// @throws std::system_error if it cannot be started; a program that cannot be run ends with status 127
    explicit ChildProcess(ChildOptions options);
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;
    /// Kills it if it still runs, and reaps it.
    ~ChildProcess();

    [[nodiscard]] pid_t pid() const { return pid_; }
    /// Becomes readable when the process ends.
    [[nodiscard]] int pidfd() const { return pidfd_.get(); }

    /// Waits until the process has a handler for this signal and sleeps: the signal then ends what it
    /// waits in.
    /// @return false at the deadline
    [[nodiscard]] bool waitUntilInterruptible(int number) const;
    /// Sends a signal, unless the process has been reaped.
    void signal(int number);
    /// Waits for the end.
    /// @return the exit status, or 128 + the number of the signal that ended it, as a shell tells it;
    ///         nothing if it still runs at the deadline
    std::optional<int> wait(const Deadline& deadline = Deadline());

    [[nodiscard]] std::string out() const { return readFile(files_.file("stdout")); }
    [[nodiscard]] std::string err() const { return readFile(files_.file("stderr")); }

private:
    void reap();

    TemporaryDirectory files_;
    pid_t pid_;
    UniqueFd pidfd_;
    std::optional<int> status_;
};

struct Finished {
    int status = 0;
    std::string out;
    std::string err;
};

/// @return how a command is started by another user than root
[[nodiscard]] ChildOptions asNobody(std::vector<std::string> command);

/// Runs a command to its end.
/// @throws std::runtime_error if it has not ended at the deadline
[[nodiscard]] Finished run(ChildOptions options, const Deadline& deadline = Deadline());
[[nodiscard]] Finished run(std::vector<std::string> command);

} // namespace keventd::test
