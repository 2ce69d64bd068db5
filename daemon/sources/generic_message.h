// Generic netlink: a datagram split into messages, and a message as its family sent it. Pure: bytes in,
// messages or reasons out; what is found in them is borrowed from the datagram.
#pragma once

#include "daemon/sources/netlink_attributes.h"

#include <cstdint>
#include <linux/netlink.h>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

namespace keventd {

/// A message of a family.
struct GenericMessage {
    std::uint16_t family = 0;   ///< its number, which the kernel gave it at run time (nlmsg_type)
    std::uint32_t sequence = 0; ///< of an answer, that of the request; else the family's own affair
    std::uint8_t command = 0;
    std::uint8_t version = 0;
    NetlinkAttributes attributes;
};

/// The kernel's last word on a request of ours.
struct NetlinkAnswer {
    std::uint32_t sequence = 0; ///< of the request
    int error = 0;              ///< an errno value, positive; 0 if it has been done
};

/// Why a message, or what is left of a datagram, is not what it should be.
enum class RefusedMessage {
    Cut,          ///< shorter than it says, or than any
    NotGeneric,   ///< of netlink itself, and no answer
    OtherCommand, ///< its family says something of which nothing is known
    Incomplete,   ///< without an attribute that it must have, or with one of another size
};

/// @return the reason in words
[[nodiscard]] std::string_view reasonText(RefusedMessage reason);

/// @param message  as long as it says, aligned to 4 bytes in memory; borrowed
[[nodiscard]] std::variant<GenericMessage, NetlinkAnswer, RefusedMessage>
parseGenericMessage(const nlmsghdr& message);

/// What a datagram holds, one after the other.
class GenericMessages {
public:
    using Message = std::variant<GenericMessage, NetlinkAnswer, RefusedMessage>;

    /// @param datagram  aligned to 4 bytes in memory; borrowed
    explicit GenericMessages(std::span<const char> datagram) : rest_(datagram) {}

    /// @return the next one, nothing after the last. If what is left is no message, one more is refused
    /// Source: netlink(7); Documentation/userspace-api/netlink/intro.rst (kernel)
    [[nodiscard]] std::optional<Message> next();

private:
    std::span<const char> rest_;
};

} // namespace keventd
