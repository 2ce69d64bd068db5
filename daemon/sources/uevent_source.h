// The kernel's uevents by netlink: source `kernel`.
//
// Anybody may send to a netlink group, and in a network namespace of their own any user is root; so a message
// counts as the kernel's only if the kernel sent it (port 0). Credentials then tell a driver's event (pid 0)
// from one that a process sent through the kernel, which is flagged.
#pragma once

#include "daemon/base/clock.h"
#include "daemon/sources/landing_area.h"
#include "daemon/sources/socket_source.h"

#include <cstddef>
#include <span>

namespace keventd {

class UeventSource : public SocketSource {
public:
    /// @param socket   of channel::KernelUevents
    /// @param landing  LandingArea::bytes(Uevents), zero or of an earlier daemon; outlives the source
    UeventSource(NetlinkSocket socket, std::span<std::byte> landing);

    void takeLanded(Arrivals& arrivals) override;

protected:
    [[nodiscard]] Drained read(Arrivals& arrivals, std::size_t budget) override;

private:
    void take(const Datagram& datagram, const ReadTime& now, Arrivals& arrivals);

    LandingArea landing_;
};

} // namespace keventd
