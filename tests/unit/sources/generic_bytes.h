// Messages of generic netlink, put together byte by byte, for tests of what reads them.
#pragma once

#include "daemon/sources/generic_message.h"

#include <cstdint>
#include <gtest/gtest.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <string>
#include <string_view>
#include <variant>

namespace keventd::test {

template <typename Value>
[[nodiscard]] std::string bytesOf(const Value& value) {
    return {reinterpret_cast<const char*>(&value), sizeof value};
}

[[nodiscard]] inline std::string padded(std::string bytes) {
    bytes.resize(NLMSG_ALIGN(bytes.size()));
    return bytes;
}

[[nodiscard]] inline std::string attributeBytes(std::uint16_t type, std::string_view value) {
    const nlattr header{static_cast<std::uint16_t>(sizeof header + value.size()), type};
    return padded(bytesOf(header).append(value));
}

[[nodiscard]] inline std::string attributeOf(std::uint16_t type, std::uint32_t number) {
    return attributeBytes(type, bytesOf(number));
}

/// @param name  comes with its NUL, as from the kernel
[[nodiscard]] inline std::string attributeOf(std::uint16_t type, std::string_view name) {
    return attributeBytes(type, std::string(name) + '\0');
}

[[nodiscard]] inline std::string netlinkBytes(std::uint16_t type, std::uint32_t sequence,
                                              std::string_view payload) {
    nlmsghdr header{};
    header.nlmsg_len = static_cast<std::uint32_t>(sizeof header + payload.size());
    header.nlmsg_type = type;
    header.nlmsg_seq = sequence;
    return padded(bytesOf(header).append(payload));
}

[[nodiscard]] inline std::string genericBytes(std::uint16_t family, std::uint8_t command,
                                              std::string_view attributes, std::uint32_t sequence = 0) {
    return netlinkBytes(family, sequence, bytesOf(genlmsghdr{command, 1, 0}).append(attributes));
}

/// @param datagram  holds one message of a family, and outlives what is returned
[[nodiscard]] inline GenericMessage onlyMessage(std::string_view datagram) {
    GenericMessages messages(datagram);
    const auto first = messages.next();
    const auto* message = first ? std::get_if<GenericMessage>(&*first) : nullptr;
    EXPECT_NE(message, nullptr);
    EXPECT_FALSE(messages.next());
    return message == nullptr ? GenericMessage() : *message;
}

} // namespace keventd::test
