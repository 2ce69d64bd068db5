#include "client/keventctl/interruption.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>

namespace keventd::ctl {
namespace {

std::atomic<bool> hasSignalCome{false};
std::atomic<int> eventOfHandler{-1};

extern "C" void onStopSignal(int) {
    const int saved = errno;
    hasSignalCome = true;
    const std::uint64_t one = 1;
    // Fails only if the counter is full, and then it is readable.
    [[maybe_unused]] const ssize_t written = ::write(eventOfHandler, &one, sizeof one);
    errno = saved;
}

// A signal that was ignored when this program was started stays so: a background job of a shell without job
// control is not to end with Ctrl-C.
void catchSignal(int number) {
    struct sigaction before {};
    if (::sigaction(number, nullptr, &before) == 0 && before.sa_handler == SIG_IGN) return;
    struct sigaction action {};
    action.sa_handler = onStopSignal;
    action.sa_flags = static_cast<int>(SA_RESETHAND); // and not SA_RESTART
    if (::sigaction(number, &action, nullptr) < 0) {
        throw std::system_error(errno, std::generic_category(), "sigaction");
    }
}

int makeEvent() {
    const int fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (fd < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
    return fd;
}

} // namespace

Interruption::Interruption(std::optional<std::chrono::microseconds> timeout, StopSignals signals)
    : event_(makeEvent()) {
    if (timeout) deadline_ = Clock::now() + *timeout;
    if (signals == StopSignals::EndTheProcess) return;
    eventOfHandler = event_.get();
    catchSignal(SIGINT);
    catchSignal(SIGTERM);
}

// What comes from now on finds no descriptor to write to: the process is about to end.
Interruption::~Interruption() {
    eventOfHandler = -1;
}

bool Interruption::isStopped() const {
    return hasSignalCome;
}

bool Interruption::isExpired() const {
    return deadline_ && Clock::now() >= *deadline_;
}

int Interruption::pollTimeout(std::optional<std::chrono::microseconds> wanted) const {
    using std::chrono::milliseconds;
    constexpr milliseconds longest = std::chrono::hours(24); // fits an int; poll is called again
    milliseconds timeout = longest;
    if (wanted && *wanted < longest) timeout = std::chrono::ceil<milliseconds>(*wanted);
    if (deadline_) timeout = std::min(timeout, std::chrono::ceil<milliseconds>(*deadline_ - Clock::now()));
    return static_cast<int>(std::max(timeout, milliseconds(0)).count());
}

} // namespace keventd::ctl
