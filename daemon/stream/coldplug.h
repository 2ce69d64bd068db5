// Tells once in a stream, at its beginning, of the devices that were there before anybody listened: those
// that none of its events announces.
//
// Such an event is of the source `coldplug`, action `add`, flagged present. It stands behind the early events
// and before the first that came by a socket; which that is, and what is announced, is seen in the sequencer,
// where all of them wait. Nobody is asked to send anything anew: what keeps the daemon informed are its
// sockets, and to write into `uevent` files would have everybody on the machine hear everything twice.
//
// When a daemon is killed over it, the next one goes on where it was: what has been told is in the history.
#pragma once

#include "daemon/sources/sysfs.h"
#include "daemon/stream/stream.h"
#include "keventd/event.h"

#include <cstddef>
#include <optional>
#include <set>
#include <string>

namespace keventd {

class Coldplug {
public:
    /// Both outlive the object.
    Coldplug(Stream& stream, const Sysfs& sysfs) : stream_(stream), sysfs_(sysfs) {}

    /// Lets leave what is to leave before them, and publishes the events. To be called when everything waits
    /// in the sequencer that had been sent when the devices were walked.
    /// @return how many
    std::size_t publish();

private:
    void findAnnounced();
    void findTold();
    [[nodiscard]] std::optional<Event> describe(const std::string& devpath, const Device& device) const;

    Stream& stream_;
    const Sysfs& sysfs_;
    std::optional<std::uint64_t> firstOfSocket_; ///< SEQNUM; nothing: there is none
    std::set<std::string> announced_;            ///< devpaths, escaped
};

} // namespace keventd
