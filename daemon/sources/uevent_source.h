// The kernel's uevents by netlink: source `kernel`.
//
// Anybody may send to a netlink group, and in a network namespace of their own any user is root; so a message
// counts as the kernel's only if the kernel sent it (port 0). Credentials then tell a driver's event (pid 0)
// from one that a process sent through the kernel, which is flagged.
#pragma once

#include "daemon/base/clock.h"
#include "daemon/sources/landing_area.h"
#include "daemon/sources/netlink_socket.h"
#include "daemon/sources/source.h"

#include <cstddef>
#include <span>

namespace keventd {

class UeventSource : public Source {
public:
    /// @param socket   of channel::KernelUevents
    /// @param landing  LandingArea::bytes(Uevents), zero or of an earlier daemon; outlives the source
    UeventSource(NetlinkSocket socket, std::span<std::byte> landing);

    [[nodiscard]] const char* name() const override;
    [[nodiscard]] int descriptor() const override { return socket_.fd(); }
    [[nodiscard]] bool inherited() const override { return socket_.inherited(); }
    void takeLanded(Arrivals& arrivals) override;
    [[nodiscard]] Drained drain(Arrivals& arrivals, std::size_t budget) override;
    [[nodiscard]] std::optional<int> nextDescriptor() const override { return socket_.nextFd(); }
    SocketPosition moveOn() override;
    [[nodiscard]] SourceStatus status() const override { return {}; }
    [[nodiscard]] SourceStatistics statistics() const override;

private:
    [[nodiscard]] Drained endOfQueue(std::uint64_t lost);
    void take(const Datagram& datagram, const ReadTime& now, Arrivals& arrivals);
    void refuse(std::string_view reason);

    NetlinkSocket socket_;
    LandingArea landing_;
    std::uint64_t pendingLoss_ = 0; // drops counted, and not yet told
    SourceStatistics statistics_;
};

} // namespace keventd
