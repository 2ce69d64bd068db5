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
    struct Message {
        std::string text; ///< a list of lines
        UniqueFd fd;      ///< what came with it (FDSTORE=1)
    };

    /// @return the next message; an empty one at the deadline
    [[nodiscard]] Message waitForMessage(const Deadline& deadline = Deadline()) const;

private:
    [[nodiscard]] Message receive() const;

    TemporaryDirectory directory_;
    std::string path_;
    UniqueFd fd_;
};

} // namespace keventd::test
