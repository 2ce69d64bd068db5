// The other end of sd_notify(3): tells when a service that a test has started is ready.
#pragma once

#include "daemon/base/unique_fd.h"
#include "tests/support/child_process.h"
#include "tests/support/temporary_directory.h"

#include <string>

namespace keventd::test {

class NotifySocket {
public:
    NotifySocket();

    /// @return the value of $NOTIFY_SOCKET for the child
    [[nodiscard]] const std::string& path() const { return path_; }

    /// Waits for READY=1.
    /// @throws std::runtime_error with the child's stderr if it ends, or is not ready at the deadline
    void waitUntilReady(const ChildProcess& child, const Deadline& deadline = Deadline()) const;
    /// @return the next message, a list of lines; empty at the deadline
    [[nodiscard]] std::string waitForMessage(const Deadline& deadline = Deadline()) const;

private:
    [[nodiscard]] std::string receive() const;

    TemporaryDirectory directory_;
    std::string path_;
    UniqueFd fd_;
};

} // namespace keventd::test
