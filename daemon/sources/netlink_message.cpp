#include "daemon/sources/netlink_message.h"

#include <netlink/msg.h>

namespace keventd {

bool visitMessages(std::span<const char> datagram, const std::function<void(const nlmsghdr&)>& visit) {
    int left = static_cast<int>(datagram.size());
    auto* message = reinterpret_cast<nlmsghdr*>(const_cast<char*>(datagram.data())); // libnl takes no const
    for (; nlmsg_ok(message, left) != 0; message = nlmsg_next(message, &left)) visit(*message);
    return left <= 0;
}

} // namespace keventd
