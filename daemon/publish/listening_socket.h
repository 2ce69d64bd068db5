// A listening unix socket: bound here, or taken over.
#pragma once

#include "daemon/base/unique_fd.h"

#include <string>
#include <sys/types.h>

namespace keventd {

class ListeningSocket {
public:
    /// Binds `path`, mode 0666. A socket left by a daemon that is gone is replaced.
    /// @throws FatalError if somebody serves it, or it is something else than a socket
    [[nodiscard]] static ListeningSocket bind(const std::string& path);
    /// Takes over a socket that somebody else listens with, and leaves its path alone.
    [[nodiscard]] static ListeningSocket adopt(UniqueFd fd);
    /// @return whether this descriptor is a listening unix stream socket
    [[nodiscard]] static bool isOne(int fd);

    ListeningSocket(ListeningSocket&&) = default;
    ListeningSocket& operator=(ListeningSocket&&) = delete;
    /// Removes the path if it was bound here and is still ours.
    ~ListeningSocket();

    [[nodiscard]] int fd() const { return fd_.get(); }

private:
    ListeningSocket(UniqueFd fd, std::string path);

    UniqueFd fd_;
    std::string path_; // empty if it is not ours to remove
    dev_t device_ = 0; // what was bound there
    ino_t inode_ = 0;
};

} // namespace keventd
