// Whether messages are missing in front of one, of a family of generic netlink that numbers them
// (nlmsghdr::nlmsg_seq: acpi_event_seqnum in drivers/acpi/event.c, `seq` in fs/quota/netlink.c).
//
// Only of the first message of a socket: what is dropped on it later, the socket counts itself, and two that
// were numbered at the same time may come the other way round.
#pragma once

#include <cstdint>
#include <optional>

namespace keventd {

class MessageNumbers {
public:
    /// Begins another socket.
    /// @param last  number of the last message that was read from the one before
    void goOnFrom(std::uint32_t last) { before_ = last; }
    /// Begins another socket, behind the last message that was given to missingBefore().
    void goOn() { before_ = last_ ? last_ : before_; }
    /// @return whether the next message will tell what is missing
    [[nodiscard]] bool know() const { return before_.has_value(); }
    /// Takes the next message.
    /// @return how many are missing in front of it, as far as that is known
    [[nodiscard]] std::uint32_t missingBefore(std::uint32_t number) {
        const std::uint32_t steps = before_ ? number - *before_ : 1; // modulo 2^32, as the kernel counts
        const bool isOlder = steps == 0 || steps > UINT32_MAX / 2;
        before_.reset();
        last_ = number;
        return isOlder ? 0 : steps - 1;
    }

private:
    std::optional<std::uint32_t> before_; // until the first message of a socket
    std::optional<std::uint32_t> last_;
};

} // namespace keventd
