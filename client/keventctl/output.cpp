#include "client/keventctl/output.h"

#include <cerrno>
#include <chrono>
#include <climits>
#include <poll.h>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace keventd::ctl {
namespace {

/// How long a reader may read nothing.
constexpr std::chrono::milliseconds Patience{1000};

/// A pipe that polls writable takes PIPE_BUF bytes at once, a file any number.
std::size_t chunkFor(int fd, std::size_t whole) {
    struct stat status {};
    return ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode) ? whole : std::size_t{PIPE_BUF};
}

} // namespace

Output::Output(int fd, const Interruption& interruption)
    : fd_(fd), interruption_(interruption), chunk_(chunkFor(fd, Capacity)) {
    buffer_.reserve(2 * Capacity);
}

// Whatever happens, nothing is written twice.
void Output::flush() {
    std::size_t written = 0;
    try {
        while (written < buffer_.size() && !isClosed_ && !hasDropped_) {
            if (waitForReader()) {
                written += writeSome(std::string_view(buffer_).substr(written));
            } else {
                hasDropped_ = true;
            }
        }
    } catch (...) {
        buffer_.clear();
        throw;
    }
    buffer_.clear();
}

// As much as can be written without blocking; up to the end of a line, if one fits: a reader that stops
// reading, and is given up, is left with whole lines.
std::size_t Output::pieceOf(std::string_view text) const {
    if (text.size() <= chunk_) return text.size();
    const std::size_t lineEnd = text.rfind('\n', chunk_ - 1);
    return lineEnd == std::string_view::npos ? chunk_ : lineEnd + 1;
}

/// @return false if the command is to end rather than to wait
bool Output::waitForReader() const {
    for (;;) {
        pollfd descriptors[] = {{fd_, POLLOUT, 0}, {interruption_.fd(), POLLIN, 0}};
        const int ready = ::poll(descriptors, std::size(descriptors), interruption_.pollTimeout());
        if (ready < 0 && errno != EINTR) throw std::system_error(errno, std::generic_category(), "poll");
        if (ready > 0 && descriptors[0].revents != 0) return true;
        if (interruption_.hasCome()) return isReadingOn();
    }
}

/// @return whether the reader is only slow: for that, a command that is to end has time
bool Output::isReadingOn() const {
    pollfd descriptor{fd_, POLLOUT, 0};
    int ready = 0;
    do {
        ready = ::poll(&descriptor, 1, static_cast<int>(Patience.count()));
    } while (ready < 0 && errno == EINTR);
    return ready > 0;
}

std::size_t Output::writeSome(std::string_view text) {
    const ssize_t written = ::write(fd_, text.data(), pieceOf(text));
    if (written >= 0) return static_cast<std::size_t>(written);
    if (errno == EPIPE) {
        isClosed_ = true;
    } else if (errno != EINTR && errno != EAGAIN) {
        throw std::system_error(errno, std::generic_category(), "cannot write to standard output");
    }
    return 0;
}

void Output::onPolled(short events) {
    if ((events & (POLLERR | POLLHUP | POLLNVAL)) != 0) isClosed_ = true;
}

bool Output::isTerminal() const {
    return ::isatty(fd_) == 1;
}

} // namespace keventd::ctl
