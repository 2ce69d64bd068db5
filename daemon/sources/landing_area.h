// Where datagrams land: recvmmsg(2) into slots of one mapping, then one by one to the reader.
#pragma once

#include "daemon/base/mapped_memory.h"
#include "daemon/sources/uevent_parser.h"

#include <linux/netlink.h>
#include <span>
#include <sys/socket.h>
#include <vector>

namespace keventd {

/// One datagram as received; borrows from the landing area until the next receive().
struct Datagram {
    std::span<const char> payload;
    std::uint32_t senderPort = 0;       ///< nl_pid: 0 is the kernel
    const ucred* credentials = nullptr; ///< of the sender; nullptr if the socket was not asked for them
    bool truncated = false;             ///< it was longer than a slot
};

enum class ReceiveResult {
    Some,    ///< datagrams landed, there may be more
    Drained, ///< datagrams may have landed; nothing was left
    Overrun, ///< ENOBUFS: the kernel has dropped messages; what it had queued before can still be read
};

class LandingArea {
public:
    /// At least as many as the default socket buffer of an unprivileged reader holds (256), so that it is
    /// emptied before anything is parsed.
    static constexpr std::size_t Slots = 512;

    LandingArea();

    /// Receives as many datagrams as there are slots, without waiting.
    /// @throws FatalError on any error but those that ReceiveResult names
    [[nodiscard]] ReceiveResult receive(int fd);

    /// @return what the last receive() brought
    [[nodiscard]] std::size_t size() const { return landed_; }
    [[nodiscard]] Datagram at(std::size_t index) const;

private:
    // Room for credentials also beside what a socket unit may ask for (PassPacketInfo=).
    // What is always written comes first: a short datagram touches one page, the rest is never allocated.
    struct Slot {
        sockaddr_nl from;
        alignas(cmsghdr) char control[CMSG_SPACE(sizeof(ucred)) + CMSG_SPACE(sizeof(nl_pktinfo))];
        char payload[MaxUevent];
    };

    void prepare(std::size_t count);

    MappedMemory memory_;
    std::span<Slot> slots_;
    std::vector<iovec> vectors_;
    std::vector<mmsghdr> headers_;
    std::size_t landed_ = 0;
};

} // namespace keventd
