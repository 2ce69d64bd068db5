#include "daemon/sources/notifications.h"

#include "daemon/base/errors.h"

#include <array>
#include <cstddef>
#include <sys/epoll.h>

namespace keventd {

Notifications::Notifications()
    : epoll_(checkErrno(epoll_create1(EPOLL_CLOEXEC), "create epoll descriptor")) {}

bool Notifications::watch(int file, std::uint64_t tag) {
    epoll_event wanted{.events = EPOLLIN | EPOLLPRI | EPOLLET, .data = {.u64 = tag}};
    return epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, file, &wanted) == 0;
}

std::vector<std::uint64_t> Notifications::take() {
    std::array<epoll_event, 16> ready{};
    const int count = epoll_wait(epoll_.get(), ready.data(), static_cast<int>(ready.size()), 0);
    std::vector<std::uint64_t> tags;
    tags.reserve(ready.size());
    for (int i = 0; i < count; ++i) {
        const std::uint64_t tag = ready.at(static_cast<std::size_t>(i)).data.u64; // a copy: events are packed
        tags.push_back(tag);
    }
    return tags;
}

} // namespace keventd
