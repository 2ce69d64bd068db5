// Calls of ListDevices, answered one after the other, a few devices in each turn of the loop: to ask udev's
// database for all of them takes some hundred milliseconds on a large machine, and others must not wait for
// that. Callers take turns, one call of each.
//
// A call that waits costs its message and its filter; the devices are copied when its turn comes, and that is
// the place in the stream that its answer stands for.
#pragma once

#include "daemon/base/event_loop.h"
#include "daemon/publish/clients.h"
#include "daemon/publish/device_listing.h"

#include <list>
#include <map>
#include <optional>

namespace keventd {

class DeviceListings {
public:
    /// All outlive the object.
    DeviceListings(EventLoop& loop, const Stream& stream, const Sysfs& sysfs, Clients& clients);
    DeviceListings(const DeviceListings&) = delete;
    DeviceListings& operator=(const DeviceListings&) = delete;

    /// Answers the call in a later turn.
    /// @throws BusError if too many of this client's are waiting
    void answer(sd_bus_message* call, Filter filter);

private:
    struct Call {
        BusMessageHandle message;
        Filter filter;
    };
    using Calls = std::map<Peer, std::list<Call>>; // none of them empty

    void turn();
    void work();
    void end();
    void forget(const Clients::HasGone& hasGone);
    [[nodiscard]] std::optional<Peer> nextCaller() const;

    const Stream& stream_;
    const Sysfs& sysfs_;
    Clients& clients_;
    UdevDatabase database_;
    Calls calls_;
    std::optional<Peer> caller_; // whose first call is being answered
    Peer servedLast_;
    std::optional<DeviceListing> listing_; // of that call
    EventLoop::Handle turn_;
    EventLoop::Handle afterTurn_;
};

} // namespace keventd
