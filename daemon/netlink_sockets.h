// The socket of a source: what an earlier daemon has read from, what the service manager holds, or a new one.
#pragma once

#include "daemon/inherited_descriptors.h"
#include "daemon/sources/netlink_socket.h"
#include "daemon/stream/told_drops.h"
#include "keventd/event.h"

#include <vector>

namespace keventd {

/// Goes on to count what the kernel drops where the daemon before has ended, if it has had the same socket.
/// @param told      of the source; counts drops on the socket from now on
/// @param leftOver  what an earlier daemon has left in the log, in that order
/// @throws FatalError
[[nodiscard]] NetlinkSocket takeSocket(InheritedNetlinkSocket inherited, const NetlinkChannel& channel,
                                       ToldDrops& told, const std::vector<Event>& leftOver);

} // namespace keventd
