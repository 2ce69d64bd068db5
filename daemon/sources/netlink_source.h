// A source that is one netlink socket, whose messages carry no SEQNUM: what links, addresses, and the
// families of generic netlink have in common.
//
// Each message lands alone in memory that outlives a kill, and stays there until what it tells has been
// written down.
#pragma once

#include "daemon/base/commit_word.h"
#include "daemon/sources/landing_area.h"
#include "daemon/sources/socket_source.h"
#include "daemon/sources/telling.h"

#include <cstddef>
#include <cstdint>
#include <linux/netlink.h>
#include <span>
#include <string_view>

namespace keventd {

class NetlinkSource : public SocketSource {
public:
    /// Of the memory in which messages land.
    [[nodiscard]] static std::size_t landingBytes() {
        return CountBytes + LandingArea::bytes(LandingArea::OneMessage);
    }

    void takeLanded(Arrivals& arrivals) override;

protected:
    /// @param channel  of the socket
    /// @param landing  landingBytes(), zero or of an earlier daemon; outlives the source
    NetlinkSource(const NetlinkChannel& channel, NetlinkSocket socket, std::span<std::byte> landing);

    [[nodiscard]] Drained read(Arrivals& arrivals, std::size_t budget) override;
    /// Takes one message of the kernel.
    virtual void take(const nlmsghdr& message, const Telling& telling) = 0;
    /// @return whether take() tells only what it has not told, so that a message is taken again, whole or in
    ///         part, when the daemon before was killed over it. If not, each message is one event at most,
    ///         and it is left out if any has been added since it was received
    [[nodiscard]] virtual bool knowsWhatItTold() const = 0;
    /// Reads what has arrived, and forgets it.
    /// @return whether there was anything
    bool readPast();

private:
    static constexpr std::size_t CountBytes = 64;

    void takeWhatLanded(Arrivals& arrivals);
    void take(const Datagram& datagram, Arrivals& arrivals);

    CommitWord* countBefore_; // of events, before what has landed was received; in front of the landing area
    LandingArea landing_;
};

} // namespace keventd
