// A netlink socket that receives multicasts of one kind: opened here, or taken over from somebody who opened
// it earlier (systemd, an earlier daemon, a test).
#pragma once

#include "daemon/base/unique_fd.h"
#include "daemon/sources/source.h"
#include "keventd/names.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <memory>
#include <optional>
#include <utility>

namespace keventd {

/// What a socket receives.
struct NetlinkChannel {
    int protocol = 0;         ///< NETLINK_KOBJECT_UEVENT, …
    std::uint32_t groups = 0; ///< bits of sockaddr_nl::nl_groups; of NETLINK_GENERIC they are joined later
    const char* name = "";    ///< names::source, a literal
};

namespace channel {
/// lib/kobject_uevent.c (kernel)
inline constexpr NetlinkChannel KernelUevents{NETLINK_KOBJECT_UEVENT, 1, names::source::Kernel};
/// libudev's private format, src/libsystemd/sd-device/device-monitor.c (systemd)
inline constexpr NetlinkChannel UdevEvents{NETLINK_KOBJECT_UEVENT, 2, names::source::Udev};
/// rtnetlink(7)
inline constexpr NetlinkChannel Links{NETLINK_ROUTE, RTMGRP_LINK, names::source::Link};
inline constexpr NetlinkChannel Addresses{NETLINK_ROUTE, RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR,
                                          names::source::Address};
/// Families of generic netlink: groups are joined by who knows their numbers.
inline constexpr NetlinkChannel Thermal{NETLINK_GENERIC, 0, names::source::Thermal};
inline constexpr NetlinkChannel Acpi{NETLINK_GENERIC, 0, names::source::Acpi};
inline constexpr NetlinkChannel Quota{NETLINK_GENERIC, 0, names::source::Quota};

inline constexpr std::array All{KernelUevents, UdevEvents, Links, Addresses, Thermal, Acpi, Quota};
} // namespace channel

/// What systemd gives its own uevent socket; memory is charged only when it is used.
inline constexpr std::size_t NetlinkBufferBytes = 128 * 1024 * 1024;

class NetlinkSocket {
public:
    /// Opens a socket that receives the channel, with as large a receive buffer as is allowed: `bufferBytes`
    /// with CAP_NET_ADMIN, else up to net.core.rmem_max, and a warning with the size that was got.
    /// @throws FatalError
    [[nodiscard]] static NetlinkSocket open(const NetlinkChannel& channel, std::size_t bufferBytes);

    /// Takes over a bound socket, and makes it non-blocking. What waits in it stays, and its buffer as it is.
    /// @param told  messages dropped on it that an earlier reader has told of, modulo 2^32: the others are
    ///              left to takeDrops(). If that is not known: all, if nobody has read from the socket since,
    ///              else none
    /// @throws FatalError if it does not receive the channel
    [[nodiscard]] static NetlinkSocket adopt(UniqueFd fd, const NetlinkChannel& channel,
                                             std::optional<std::uint32_t> told = {});

    /// @return whether this descriptor is a socket of this protocol that receives any of the groups
    [[nodiscard]] static bool receives(int fd, const NetlinkChannel& channel);
    /// @return what tells a socket from all others of this boot (SO_COOKIE, socket(7))
    [[nodiscard]] static std::uint64_t cookieOf(int fd);

    /// Has another one take over when this one has been read to its end: what is sent meanwhile, both
    /// receive.
    void precede(NetlinkSocket next) { next_ = std::make_unique<NetlinkSocket>(std::move(next)); }
    [[nodiscard]] std::optional<int> nextFd() const {
        return next_ ? std::optional(next_->fd()) : std::nullopt;
    }
    /// Becomes that one; the one it was is closed.
    void moveOn();
    [[nodiscard]] SocketPosition position() const { return {cookieOf(fd()), toldDrops_}; }

    [[nodiscard]] int fd() const { return fd_.get(); }
    [[nodiscard]] bool inherited() const { return inherited_; }
    /// @return size of the receive buffer as it was asked for and granted; the kernel reserves twice that,
    ///         for its own records (SO_RCVBUF, socket(7))
    [[nodiscard]] std::size_t bufferBytes() const;

    /// @return messages dropped since the last call, for want of space in the buffer; exact, since the kernel
    ///         counts one for each (SO_MEMINFO, SK_MEMINFO_DROPS)
    [[nodiscard]] std::uint64_t takeDrops();

    /// Looks how much waits to be read, for maxQueuedBytes(); takeDrops() does so, too.
    void noteQueued() { static_cast<void>(readMemory()); }
    /// @return the most that was seen to wait, in bytes that count like those of bufferBytes()
    [[nodiscard]] std::size_t maxQueuedBytes() const { return maxQueuedBytes_; }

private:
    NetlinkSocket(UniqueFd fd, bool inherited) : fd_(std::move(fd)), inherited_(inherited) {}

    /// @return the kernel's counter of drops, modulo 2^32
    [[nodiscard]] std::uint32_t readMemory();

    UniqueFd fd_;
    bool inherited_;
    std::uint32_t toldDrops_ = 0;
    std::size_t maxQueuedBytes_ = 0;
    std::unique_ptr<NetlinkSocket> next_;
};

} // namespace keventd
