#include "client/lib/wait_set.h"

#include "keventd/errors.h"

#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <string>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <system_error>

namespace keventd {
inline namespace client {
namespace {

// epoll_ctl(2) takes what poll(2) does.
static_assert(POLLIN == EPOLLIN && POLLOUT == EPOLLOUT);

int check(int result, const char* what) {
    if (result < 0) throw Error(std::string(what) + ": " + std::generic_category().message(errno));
    return result;
}

} // namespace

WaitSet::WaitSet()
    : epoll_(check(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      timer_(check(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK), "timerfd_create")) {
    control(EPOLL_CTL_ADD, timer_.get(), POLLIN);
}

void WaitSet::watch(int fd, short events) {
    if (fd == watched_ && events == events_) return;
    if (fd != watched_) forget();
    control(watched_ < 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, events);
    watched_ = fd;
    events_ = events;
}

void WaitSet::forget() noexcept {
    if (watched_ >= 0) ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, watched_, nullptr);
    watched_ = -1;
}

void WaitSet::stop() noexcept {
    forget();
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, timer_.get(), nullptr);
}

// Setting a timer also takes back that it has run out.
void WaitSet::wakeAfter(std::optional<std::chrono::microseconds> delay) {
    if (!delay && !isArmed_) return;
    itimerspec time{};
    if (delay) {
        const std::chrono::nanoseconds wanted = std::max(*delay, std::chrono::microseconds(0));
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(wanted);
        time.it_value.tv_sec = seconds.count();
        // Nothing at all would stop the timer.
        time.it_value.tv_nsec = std::max((wanted - seconds).count(), std::chrono::nanoseconds::rep{1});
    }
    check(::timerfd_settime(timer_.get(), 0, &time, nullptr), "timerfd_settime");
    isArmed_ = delay.has_value();
}

void WaitSet::control(int operation, int fd, short events) const {
    epoll_event event{};
    event.events = static_cast<std::uint32_t>(events);
    check(::epoll_ctl(epoll_.get(), operation, fd, &event), "epoll_ctl");
}

} // namespace client
} // namespace keventd
