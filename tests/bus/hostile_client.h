// A client of the private socket that may break the rules, byte by byte.
#pragma once

#include "daemon/base/unique_fd.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace keventd::test {

class HostileClient {
public:
    /// Connects, and says nothing.
    explicit HostileClient(const std::string& socketPath);

    /// Writes as much as goes without waiting.
    /// @return how many bytes that was
    std::size_t write(std::string_view bytes);
    /// @return what authenticates this client as who it is
    [[nodiscard]] static std::string authentication();
    /// Waits until something can be read, and reads it.
    /// @return what was read; empty at the deadline, or if the other end has hung up
    [[nodiscard]] std::string read();
    /// Waits until the other end has hung up.
    /// @return false at the deadline
    [[nodiscard]] bool waitForHangup();

private:
    UniqueFd fd_;
};

/// @return a call without arguments but one string, which may be no UTF-8: what no library would send
[[nodiscard]] std::string callWithString(std::string_view object, std::string_view interface,
                                         std::string_view method, std::string_view argument);

/// Waits until the other end of a socket has hung up.
/// @return false at the deadline
[[nodiscard]] bool waitForHangup(int fd);

/// Waits until all clients that have connected so far are accepted, since this one, who came last, is
/// answered.
/// @return false at the deadline
[[nodiscard]] bool waitUntilAllAccepted(const std::string& socketPath);

/// @return how many descriptors the process has open
[[nodiscard]] std::size_t descriptorsOf(pid_t process);

} // namespace keventd::test
