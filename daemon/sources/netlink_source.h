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
#include <functional>
#include <linux/netlink.h>
#include <span>
#include <string_view>
#include <vector>

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
    /// Takes note of one that has been told of, by a daemon before.
    virtual void passOver(const nlmsghdr& /*message*/) {}
    /// @return whether take() tells only what it has not told, so that a message is taken again, whole or in
    ///         part, when the daemon before was killed over it. If not, each message is one event at most,
    ///         and it is passed over if any has been added since it was received
    [[nodiscard]] virtual bool knowsWhatItTold() const = 0;
    /// As Arrivals::miss(), in front of the event of the message that is being taken.
    void tellMissing(std::uint32_t first, std::uint32_t count, Arrivals& arrivals);
    /// @param landing  of the constructor
    /// @return a word in it for who derives from this
    [[nodiscard]] static CommitWord* wordIn(std::span<std::byte> landing);
    using Message = std::vector<char>; ///< aligned as nlmsghdr is
    [[nodiscard]] static Message copyOf(const nlmsghdr& message);
    /// Reads some of what has arrived, and takes none of it.
    /// @param past  gets the messages of the kernel
    /// @return whether there was anything
    [[nodiscard]] bool readPast(std::vector<Message>& past);

private:
    static constexpr std::size_t CountBytes = 64;

    void visitLanded(const std::function<void(const nlmsghdr&)>& visit) const;
    void takeWhatLanded(Arrivals& arrivals);
    void take(const Datagram& datagram, Arrivals& arrivals);

    CommitWord* countBefore_; // of events, before what has landed was received; in front of the landing area
    LandingArea landing_;
};

} // namespace keventd
