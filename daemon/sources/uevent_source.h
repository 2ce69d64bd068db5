// The kernel's uevents by netlink: source `kernel`.
//
// Anybody may send to a netlink group, and in a network namespace of their own any user is root; so a message
// counts as the kernel's only if the kernel sent it (port 0). Credentials then tell a driver's event (pid 0)
// from one that a process sent through the kernel, which is flagged.
#pragma once

#include "daemon/base/clock.h"
#include "daemon/sources/landing_area.h"
#include "daemon/sources/source.h"
#include "daemon/sources/uevent_socket.h"

namespace keventd {

class UeventSource : public Source {
public:
    /// @param socket  of UeventGroup::Kernel
    explicit UeventSource(UeventSocket socket);

    [[nodiscard]] const char* name() const override;
    [[nodiscard]] int descriptor() const override { return socket_.fd(); }
    [[nodiscard]] bool inherited() const override { return socket_.inherited(); }
    [[nodiscard]] Drained drain(std::vector<Event>& events, std::size_t budget) override;
    [[nodiscard]] SourceStatus status() const override { return {}; }
    [[nodiscard]] SourceStatistics statistics() const override;

private:
    [[nodiscard]] Drained endOfQueue(std::uint64_t lost);
    void takeLanded(std::vector<Event>& events);
    void take(const Datagram& datagram, const ReadTime& now, std::vector<Event>& events);
    void refuse(std::string_view reason);

    UeventSocket socket_;
    LandingArea landing_;
    std::uint64_t pendingLoss_ = 0; // drops counted, and not yet told
    SourceStatistics statistics_;
};

} // namespace keventd
