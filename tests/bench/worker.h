// A child process that runs a function of this program, ended with its object.
#pragma once

#include "tests/support/child_process.h"

#include <functional>
#include <memory>

namespace keventd::bench {

/// @param work  what the child does; its exit status is 0, or 1 after an exception, whose text is in err()
[[nodiscard]] std::unique_ptr<test::ChildProcess> startWorker(std::function<void()> work);

/// Waits for the end of a worker.
/// @throws std::runtime_error with its text if it failed, or has not ended in time
void join(test::ChildProcess& worker);

} // namespace keventd::bench
