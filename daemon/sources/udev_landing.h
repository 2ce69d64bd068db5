// Where a copy of udevd's message lies while libudev has the message: in memory that may be a file, which
// outlives the process.
//
// libudev receives into memory of its own. So the message is looked at first (MSG_PEEK), then received, and
// forgotten when the event that was made of it is kept elsewhere.
#pragma once

#include "daemon/base/commit_word.h"

#include <cstddef>
#include <linux/netlink.h>
#include <optional>
#include <span>
#include <sys/socket.h>

namespace keventd {

class UdevLanding {
public:
    /// Longer messages do not land. Typical are 1.5 KB; udevd sets no limit.
    static constexpr std::size_t MaxBytes = std::size_t{64} * 1024;

    /// Of the memory that it needs.
    [[nodiscard]] static std::size_t bytes() { return sizeof(Message); }

    /// Takes up what an earlier process has left.
    /// @param memory  bytes(), zeroed before its first use, aligned to a page; outlives the object
    explicit UdevLanding(std::span<std::byte> memory);

    /// Lets a copy of the first message in the socket land, which stays there.
    /// @return false if there is none
    /// @throws FatalError
    [[nodiscard]] bool peek(int fd);
    /// @return the message, if a whole one of root to udev's group has landed; valid until peek() or forget()
    [[nodiscard]] std::optional<std::span<const char>> message() const;
    /// For when all that has landed is kept elsewhere.
    void forget();

private:
    struct Message {
        CommitWord bytesAndOne; // 0 if nothing has landed
        sockaddr_nl from;
        alignas(cmsghdr) std::byte control[CMSG_SPACE(sizeof(ucred)) + CMSG_SPACE(sizeof(nl_pktinfo))];
        std::size_t controlBytes;
        char payload[MaxBytes];
    };

    [[nodiscard]] bool isOfRoot() const;

    Message* message_;
};

} // namespace keventd
