// Where datagrams land: recvmmsg(2) into slots of one mapping, then one by one to the reader.
//
// The memory belongs to somebody else and may be a file that outlives the process: the kernel writes there of
// each datagram how long it is, before it takes the next off the socket. So what has landed is there for the
// next process, until this one forgets it.
#pragma once

#include "daemon/sources/uevent_parser.h"

#include <cstddef>
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
    /// How many datagrams land at once, and how long each may be.
    struct Shape {
        std::size_t slots;
        std::size_t payloadBytes;
    };
    /// At least as many as the default socket buffer of an unprivileged reader holds (256), so that it is
    /// emptied before anything is parsed.
    static constexpr Shape Uevents{512, MaxUevent};
    /// What the kernel says of a link may be some KiB; it allocates no more than 32 KiB for it
    /// (NLMSG_GOODSIZE and nlmsg_total_size() of its parts).
    static constexpr Shape OneMessage{1, std::size_t{64} * 1024};

    /// Of the memory that it needs.
    [[nodiscard]] static std::size_t bytes(const Shape& shape);

    /// Takes up what has landed there for an earlier process, if anything.
    /// @param memory  bytes(), zeroed before its first use, aligned to a page; outlives the area
    LandingArea(std::span<std::byte> memory, const Shape& shape);

    /// Forgets what has landed, and receives as many datagrams as there are slots, without waiting.
    /// @throws FatalError on any error but those that ReceiveResult names
    [[nodiscard]] ReceiveResult receive(int fd);

    /// For when all that has landed is kept elsewhere.
    void forget();

    /// @return what the last receive() brought, or an earlier process has left
    [[nodiscard]] std::size_t size() const { return landed_; }
    [[nodiscard]] Datagram at(std::size_t index) const;

private:
    // Room for credentials also beside what a socket unit may ask for (PassPacketInfo=).
    // What is always written comes first, the payload behind it: a short datagram touches one page.
    struct Slot {
        sockaddr_nl from;
        alignas(cmsghdr) char control[CMSG_SPACE(sizeof(ucred)) + CMSG_SPACE(sizeof(nl_pktinfo))];

        [[nodiscard]] char* payload() { return reinterpret_cast<char*>(this + 1); }
    };
    static constexpr unsigned NothingLanded = ~0U; // as mmsghdr::msg_len

    void prepare(std::size_t from, std::size_t to);
    [[nodiscard]] std::size_t countLanded() const;
    [[nodiscard]] Slot& slot(std::size_t index) const;

    Shape shape_;
    std::span<mmsghdr> headers_; // its pointers are of the process that wrote them
    std::byte* slots_;
    std::vector<iovec> vectors_;
    std::size_t landed_ = 0;
};

} // namespace keventd
