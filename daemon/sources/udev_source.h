// The same events after udev's rules, by libudev: source `udev`.
//
// The format on the socket is libudev's own affair, and so is telling whether a message is udevd's. Only the
// socket is ours: libudev would open none where it sees no udevd, and gives no say in the buffer.
#pragma once

#include "daemon/base/c_handles.h"
#include "daemon/sources/socket_source.h"
#include "daemon/sources/udev_landing.h"

#include <cstddef>
#include <span>

namespace keventd {

class UdevSource : public SocketSource {
public:
    /// @param socket   of channel::UdevEvents; it takes the place of the monitor's own
    /// @param landing  UdevLanding::bytes(), zero or of an earlier daemon; outlives the source
    /// @throws FatalError
    UdevSource(NetlinkSocket socket, std::span<std::byte> landing);

    void takeLanded(Arrivals& arrivals) override;
    SocketPosition moveOn() override;

protected:
    [[nodiscard]] Drained read(Arrivals& arrivals, std::size_t budget) override;
    [[nodiscard]] SourceStatus statusOfSender() const override;

private:
    void receiveOne(Arrivals& arrivals);
    void take(Event event, Arrivals& arrivals);

    UdevLanding landing_;
    UdevHandle udev_;
    UdevMonitorHandle monitor_;
    bool udevdSeen_;
};

} // namespace keventd
