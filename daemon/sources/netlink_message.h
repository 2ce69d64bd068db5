// Netlink messages as they lie in a datagram: a header each, then what its family says (netlink(7)). Pure.
#pragma once

#include "daemon/sources/netlink_attributes.h"

#include <cstddef>
#include <cstring>
#include <functional>
#include <linux/netlink.h>
#include <optional>
#include <span>

namespace keventd {

/// @param datagram  as received, aligned to 4
/// @param visit     gets each message, which is as long as it says
/// @return false if something is left that is no whole message
bool visitMessages(std::span<const char> datagram, const std::function<void(const nlmsghdr&)>& visit);

/// What a message of a family with a header of its own says.
template <typename Header>
struct NetlinkBody {
    Header header;
    NetlinkAttributes attributes; ///< borrowed from the message
};

/// @param message  as long as it says
/// @return nothing if it is too short for the header
template <typename Header>
[[nodiscard]] std::optional<NetlinkBody<Header>> bodyOf(const nlmsghdr& message) {
    const std::span whole(reinterpret_cast<const char*>(&message), message.nlmsg_len);
    constexpr std::size_t length = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(Header));
    if (whole.size() < length) return std::nullopt;
    NetlinkBody<Header> body{{}, NetlinkAttributes(whole.subspan(length))};
    std::memcpy(&body.header, whole.data() + NLMSG_HDRLEN, sizeof body.header);
    return body;
}

} // namespace keventd
