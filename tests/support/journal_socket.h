// The far end of sd_journal_send(3): takes what a daemon logs when it runs as a service.
#pragma once

#include "daemon/base/unique_fd.h"
#include "tests/support/daemon_process.h"
#include "tests/support/deadline.h"
#include "tests/support/temporary_directory.h"

#include <map>
#include <string>

namespace keventd::test {

class JournalSocket {
public:
    /// One message of the log, by the names of its fields.
    using Entry = std::map<std::string, std::string>;

    JournalSocket();

    /// Has a daemon log to this socket: in a mount namespace of its own, /run is our directory, and stderr is
    /// a file of ours, which JOURNAL_STREAM names. Needs root.
    /// @param options  of a daemon that is started while the socket is there
    void attach(DaemonOptions& options) const;

    /// @return the next message with this id; empty at the deadline. Others that come before it are dropped
    [[nodiscard]] Entry waitForId(const std::string& id, const Deadline& deadline = Deadline()) const;
    /// The same of the next message with this in its text.
    [[nodiscard]] Entry waitForText(const std::string& text, const Deadline& deadline = Deadline()) const;

private:
    [[nodiscard]] Entry waitForField(const std::string& name, const std::string& part,
                                     const Deadline& deadline) const;
    [[nodiscard]] Entry receive() const;

    TemporaryDirectory directory_; // in the place of /run
    std::string path_;             // of the same
    UniqueFd fd_;
    UniqueFd standardError_;
};

} // namespace keventd::test
