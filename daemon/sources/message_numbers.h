// How many messages are missing in front of one, of a family of generic netlink that numbers them
// (nlmsghdr::nlmsg_seq: acpi_event_seqnum in drivers/acpi/event.c, `seq` in fs/quota/netlink.c).
//
// Asked for the first message of each daemon and of each socket alone. What is dropped on a socket while it
// is read, that counts itself; and two messages that were numbered at the same time may come the other way
// round.
#pragma once

#include "daemon/base/commit_word.h"

#include <cstdint>
#include <optional>

namespace keventd {

class MessageNumbers {
public:
    /// @param accounted  zero or of an earlier daemon, outlives the object: the number up to which messages
    /// have
    ///                   been read, or told as lost
    explicit MessageNumbers(CommitWord* accounted) : accounted_(accounted) {}

    /// Begins another socket.
    void begin();
    /// @return whether the first message will tell what is missing
    [[nodiscard]] bool know() const { return accounted().has_value(); }

    struct Missing {
        std::uint32_t first = 0;
        std::uint32_t count = 0;
    };
    /// @param number   of the next message
    /// @param pending  messages that were dropped on the socket, and are going to be told
    /// @return what nobody has told of, and nobody is going to
    [[nodiscard]] Missing missingBefore(std::uint32_t number, std::uint64_t pending);
    /// Numbers up to this have been told as lost.
    void account(std::uint32_t number);
    /// The message of this number has been taken.
    void take(std::uint32_t number);
    /// So many have been dropped on the socket, behind the last that was taken, as far as they are not
    /// missing in front of it.
    void drop(std::uint64_t count);

private:
    [[nodiscard]] std::optional<std::uint32_t> accounted() const;
    void store() const;

    CommitWord* accounted_;
    bool isFirst_ = true;
    std::uint32_t highest_ = 0; // that has been taken
    std::int64_t notSeenYet_ =
        0; // drops that no number was missing for by now; below 0: numbers without a drop
};

} // namespace keventd
