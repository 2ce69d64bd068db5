// Files of the kernel that tell "look again" by poll(2), and have nothing to be read off: mountinfo, triggers
// of pressure. Several in one descriptor.
//
// To ask such a file whether it has something takes the news away, POLLPRI and POLLERR, and a loop that
// polls a descriptor of descriptors asks. So that it is not the loop that has been told, and nobody else,
// what is waited for here is POLLIN, which these files always have, with EPOLLET: an entry that the kernel
// has woken once stays ready, however often it is polled, until take() takes it.
#pragma once

#include "daemon/base/unique_fd.h"

#include <cstdint>
#include <vector>

namespace keventd {

class Notifications {
public:
    /// @throws FatalError if there are no descriptors left
    Notifications();

    /// Becomes readable when take() has something to give.
    [[nodiscard]] int descriptor() const { return epoll_.get(); }
    /// Watches a file from now on; the first take() gives it, whether it has told something or not.
    /// @param file  borrowed; watched until it is closed
    /// @param tag   what take() calls it
    /// @return whether it can be watched
    [[nodiscard]] bool watch(int file, std::uint64_t tag);
    /// @return the tags of those that have told something since the last call; not more than 16, the rest
    ///         with the next call
    [[nodiscard]] std::vector<std::uint64_t> take();

private:
    UniqueFd epoll_;
};

} // namespace keventd
