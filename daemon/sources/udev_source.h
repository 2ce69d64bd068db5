// The same events after udev's rules, by libudev: source `udev`.
//
// The format on the socket is libudev's own affair, and so is telling whether a message is udevd's. Only the
// socket is ours: libudev would open none where it sees no udevd, and gives no say in the buffer.
#pragma once

#include "daemon/base/c_handles.h"
#include "daemon/sources/netlink_socket.h"
#include "daemon/sources/source.h"
#include "daemon/sources/udev_landing.h"

#include <cstddef>
#include <span>

namespace keventd {

class UdevSource : public Source {
public:
    /// @param socket   of channel::UdevEvents; it takes the place of the monitor's own
    /// @param landing  UdevLanding::bytes(), zero or of an earlier daemon; outlives the source
    /// @throws FatalError
    UdevSource(NetlinkSocket socket, std::span<std::byte> landing);

    [[nodiscard]] const char* name() const override;
    [[nodiscard]] int descriptor() const override { return socket_.fd(); }
    [[nodiscard]] bool inherited() const override { return socket_.inherited(); }
    void takeLanded(Arrivals& arrivals) override;
    [[nodiscard]] Drained drain(Arrivals& arrivals, std::size_t budget) override;
    [[nodiscard]] std::optional<int> nextDescriptor() const override { return socket_.nextFd(); }
    SocketPosition moveOn() override;
    [[nodiscard]] SourceStatus status() const override;
    [[nodiscard]] SourceStatistics statistics() const override;

private:
    void receiveOne(Arrivals& arrivals);
    void take(Event event, Arrivals& arrivals);
    void refuse(std::string_view reason);

    NetlinkSocket socket_;
    UdevLanding landing_;
    UdevHandle udev_;
    UdevMonitorHandle monitor_;
    bool udevdSeen_;
    std::uint64_t pendingLoss_ = 0; // drops counted, and not yet told
    SourceStatistics statistics_;
};

} // namespace keventd
