#include "tests/unit/stream/stepped_process.h"

#include "daemon/base/errors.h"

#include <csignal>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

namespace keventd::test {
namespace {

[[noreturn]] void run(const SteppedProcess::Prepare& prepare) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const std::function<void()> work = prepare();
    if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) < 0) _exit(1);
    std::raise(SIGSTOP);
    work();
    _exit(0);
}

} // namespace

SteppedProcess::SteppedProcess(const Prepare& prepare) : pid_(checkErrno(fork(), "fork")) {
    if (pid_ == 0) run(prepare);
    waitpid(pid_, &status_, 0);
}

SteppedProcess::~SteppedProcess() {
    ::kill(pid_, SIGKILL);
    while (!hasEnded()) waitpid(pid_, &status_, 0);
}

bool SteppedProcess::canBeStepped() const {
    return WIFSTOPPED(status_) && WSTOPSIG(status_) == SIGSTOP;
}

bool SteppedProcess::step() {
    checkErrno(static_cast<int>(ptrace(PTRACE_SINGLESTEP, pid_, nullptr, nullptr)), "step");
    waitpid(pid_, &status_, 0);
    return !hasEnded();
}

bool SteppedProcess::hasEnded() const {
    return WIFEXITED(status_) || WIFSIGNALED(status_);
}

} // namespace keventd::test
