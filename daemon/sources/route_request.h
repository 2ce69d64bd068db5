// Asks rtnetlink(7) for all there is of a kind, and waits for the answer.
#pragma once

#include <functional>
#include <linux/netlink.h>
#include <optional>
#include <string>

namespace keventd {

/// @param type   RTM_GETLINK, RTM_GETADDR
/// @param visit  gets each message of the answer
/// @return what went wrong; nothing if all has been visited. What comes and goes meanwhile interrupts the
///         answer: then something may be missing in it (NLM_F_DUMP_INTR, netlink(7)). The kernel makes the
///         answer as it is read: it waits only where somebody changes interfaces meanwhile
[[nodiscard]] std::optional<std::string> visitAllRoutes(int type,
                                                        const std::function<void(const nlmsghdr&)>& visit);

} // namespace keventd
