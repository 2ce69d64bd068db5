// A process that stops after each instruction, and can be looked at there: whatever it has written into
// shared memory by then, is what SIGKILL would leave.
#pragma once

#include <functional>
#include <sys/types.h>

namespace keventd::test {

class SteppedProcess {
public:
    /// What is to be stepped through, made by the process itself before it stops for the first time.
    using Prepare = std::function<std::function<void()>()>;

    /// Returns when it is about to begin.
    /// @throws std::system_error
    explicit SteppedProcess(const Prepare& prepare);
    SteppedProcess(const SteppedProcess&) = delete;
    SteppedProcess& operator=(const SteppedProcess&) = delete;
    ~SteppedProcess();

    /// @return false where no process may be traced
    [[nodiscard]] bool canBeStepped() const;
    /// @return false if it has come to its end
    [[nodiscard]] bool step();

private:
    [[nodiscard]] bool hasEnded() const;

    pid_t pid_;
    int status_ = 0;
};

} // namespace keventd::test
