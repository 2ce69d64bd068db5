// Netlink messages as they lie in a datagram: a header each, then what its family says (netlink(7)). Pure.
#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <linux/netlink.h>
#include <optional>
#include <span>
#include <string>

struct nlattr; // libnl-3

namespace keventd {

/// @param datagram  as received, aligned to 4
/// @param visit     gets each message, which is as long as it says
/// @return false if something is left that is no whole message
bool visitMessages(std::span<const char> datagram, const std::function<void(const nlmsghdr&)>& visit);

/// @param message  is at least as long as both headers
/// @return the family's own header
template <typename Header>
[[nodiscard]] Header headerOf(const nlmsghdr& message) {
    Header header{};
    std::memcpy(&header, reinterpret_cast<const char*>(&message) + NLMSG_HDRLEN, sizeof header);
    return header;
}

/// @param headerBytes  of the family's own header, before the attributes
/// @param attributes   by type; those of higher types are left out
/// @return false if the message is too short for its header, or its attributes do not fit into it
bool readAttributes(const nlmsghdr& message, std::size_t headerBytes, std::span<nlattr*> attributes);

/// The same of attributes within an attribute.
bool readNested(const nlattr* outer, std::span<nlattr*> attributes);

/// @return the number; nothing if there is no such attribute, or it is not as long as one
[[nodiscard]] std::optional<std::uint32_t> numberIn(const nlattr* attribute);
[[nodiscard]] std::optional<std::uint8_t> byteIn(const nlattr* attribute);
/// @return the bytes up to the first NUL; nothing if there is no such attribute
[[nodiscard]] std::optional<std::string> textIn(const nlattr* attribute);
[[nodiscard]] std::optional<std::span<const std::uint8_t>> bytesIn(const nlattr* attribute);

} // namespace keventd
