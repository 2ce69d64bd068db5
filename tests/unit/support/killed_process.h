// A process that works until it is killed by SIGKILL, at the end of its object: whatever it has written into
// shared memory or a file by then, is there.
#pragma once

#include "daemon/base/errors.h"

#include <csignal>
#include <functional>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace keventd::test {

class KilledProcess {
public:
    /// @param work  never comes to its end
    /// @throws FatalError
    explicit KilledProcess(const std::function<void()>& work) : pid_(checkErrno(fork(), "fork")) {
        if (pid_ == 0) run(work);
    }
    KilledProcess(const KilledProcess&) = delete;
    KilledProcess& operator=(const KilledProcess&) = delete;
    ~KilledProcess() {
        ::kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }

private:
    [[noreturn]] static void run(const std::function<void()>& work) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        work();
        _exit(1);
    }

    pid_t pid_;
};

} // namespace keventd::test
