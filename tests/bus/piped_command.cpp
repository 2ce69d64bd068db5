#include "tests/bus/piped_command.h"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <system_error>
#include <unistd.h>

namespace keventd::test {

PipedCommand::PipedCommand(std::vector<std::string> command) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) < 0) throw std::system_error(errno, std::generic_category(), "pipe");
    output_.reset(ends[0]);
    const UniqueFd input(ends[1]);
    ChildOptions options;
    options.command = std::move(command);
    options.inChild = [fd = input.get()] { dup2(fd, STDOUT_FILENO); };
    process_ = std::make_unique<ChildProcess>(std::move(options));
}

std::optional<std::string> PipedCommand::readLine(const Deadline& deadline) {
    for (;;) {
        if (const std::size_t end = read_.find('\n'); end != std::string::npos) {
            std::string line = read_.substr(0, end);
            read_.erase(0, end + 1);
            return line;
        }
        pollfd readable{.fd = output_.get(), .events = POLLIN, .revents = 0};
        if (poll(&readable, 1, deadline.pollTimeout()) <= 0) return std::nullopt;
        std::array<char, 65'536> buffer{};
        const ssize_t length = read(output_.get(), buffer.data(), buffer.size());
        if (length <= 0) return std::nullopt;
        read_.append(buffer.data(), static_cast<std::size_t>(length));
    }
}

} // namespace keventd::test
