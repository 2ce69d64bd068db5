// The same events after udev's rules, by libudev: source `udev`.
//
// The format on the socket is libudev's own affair, and so is telling whether a message is udevd's. Only the
// socket is ours: libudev would open none where it sees no udevd, and gives no say in the buffer.
#pragma once

#include "daemon/base/c_handles.h"
#include "daemon/sources/source.h"
#include "daemon/sources/uevent_socket.h"

namespace keventd {

class UdevSource : public Source {
public:
    /// @param socket  of UeventGroup::Udev; it takes the place of the monitor's own
    /// @throws FatalError
    explicit UdevSource(UeventSocket socket);

    [[nodiscard]] const char* name() const override;
    [[nodiscard]] int descriptor() const override { return socket_.fd(); }
    [[nodiscard]] bool inherited() const override { return socket_.inherited(); }
    [[nodiscard]] Drained drain(std::vector<Event>& events, std::size_t budget) override;
    [[nodiscard]] SourceStatus status() const override;
    [[nodiscard]] SourceStatistics statistics() const override;

private:
    [[nodiscard]] bool hasInput() const;
    void receiveOne(std::vector<Event>& events);
    void take(udev_device* device, std::vector<Event>& events);
    void refuse(std::string_view reason);

    UeventSocket socket_;
    UdevHandle udev_;
    UdevMonitorHandle monitor_;
    bool udevdSeen_;
    std::uint64_t pendingLoss_ = 0; // drops counted, and not yet told
    SourceStatistics statistics_;
};

} // namespace keventd
