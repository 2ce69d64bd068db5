// A source that is one netlink socket, whose messages carry no SEQNUM: what links, addresses, and the
// families of generic netlink have in common.
//
// Each message lands alone in memory that outlives a kill, and stays there until what it tells has been
// written down.
#pragma once

#include "daemon/sources/landing_area.h"
#include "daemon/sources/netlink_socket.h"
#include "daemon/sources/source.h"
#include "daemon/sources/telling.h"

#include <cstddef>
#include <cstdint>
#include <linux/netlink.h>
#include <span>
#include <string_view>

namespace keventd {

class NetlinkSource : public Source {
public:
    /// Of the memory in which messages land.
    [[nodiscard]] static std::size_t landingBytes() { return LandingArea::bytes(LandingArea::OneMessage); }

    [[nodiscard]] const char* name() const override { return name_; }
    [[nodiscard]] int descriptor() const override { return socket_.fd(); }
    [[nodiscard]] bool inherited() const override { return socket_.inherited(); }
    void takeLanded(Arrivals& arrivals) override;
    [[nodiscard]] Drained drain(Arrivals& arrivals, std::size_t budget) override;
    [[nodiscard]] std::optional<int> nextDescriptor() const override { return socket_.nextFd(); }
    SocketPosition moveOn() override;
    [[nodiscard]] SourceStatus status() const override { return {}; }
    [[nodiscard]] SourceStatistics statistics() const override;

protected:
    /// @param name     names::source, a literal
    /// @param landing  landingBytes(), zero or of an earlier daemon; outlives the source
    NetlinkSource(const char* name, NetlinkSocket socket, std::span<std::byte> landing);

    /// Takes one message of the kernel. What it brings to `arrivals` must not depend on how often it has been
    /// taken before, whole or in part: when a daemon is killed, the next one takes it again.
    virtual void take(const nlmsghdr& message, const Telling& telling) = 0;
    /// Reads what has arrived, and forgets it.
    /// @return whether there was anything
    bool readPast();
    /// Counts a message that is no event; the first one is told on the log.
    void refuse(std::string_view reason);

private:
    void take(const Datagram& datagram, Arrivals& arrivals);

    const char* name_;
    NetlinkSocket socket_;
    LandingArea landing_;
    std::uint64_t pendingLoss_ = 0; // drops counted, and not yet told
    SourceStatistics statistics_;
};

} // namespace keventd
