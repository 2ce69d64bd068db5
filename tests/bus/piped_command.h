// A command whose standard output is read while it runs, as by the next one in a pipe.
#pragma once

#include "tests/support/child_process.h"
#include "tests/support/deadline.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace keventd::test {

class PipedCommand {
public:
    explicit PipedCommand(std::vector<std::string> command);

    /// @return the next line, without its end; nothing at the deadline, or when the output has ended
    [[nodiscard]] std::optional<std::string> readLine(const Deadline& deadline = Deadline());
    /// Goes away as a reader, as `head` does when it has enough.
    void closeOutput() { output_.reset(); }

    [[nodiscard]] ChildProcess& process() { return *process_; }

private:
    UniqueFd output_;
    std::string read_; // and not yet given out
    std::unique_ptr<ChildProcess> process_;
};

} // namespace keventd::test
