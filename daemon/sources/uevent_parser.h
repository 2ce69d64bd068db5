// The kernel's uevent datagram, parsed. Pure: bytes in, event or reason out.
#pragma once

#include "keventd/event.h"

#include <cstddef>
#include <span>
#include <string_view>
#include <variant>

namespace keventd {

/// Longest datagram that can be a uevent: the header (a devpath) and an environment of at most 2048 bytes
/// (UEVENT_BUFFER_SIZE, include/linux/kobject.h) fit several times.
inline constexpr std::size_t MaxUevent = 8192;

/// Why a datagram is no uevent.
enum class RefusedUevent {
    Empty,
    TooLong,       ///< more than MaxUevent bytes
    NotTerminated, ///< the last byte is not NUL
    BadHeader,     ///< does not begin with "ACTION@/DEVPATH"
    Contradiction, ///< ACTION or DEVPATH are missing or differ from the header
    BadSeqnum,     ///< SEQNUM is missing, zero or no number
};

/// @return the reason in words
[[nodiscard]] std::string_view reasonText(RefusedUevent reason);

/// Parses one kernel uevent datagram.
/// @param datagram  "ACTION@DEVPATH\0KEY=value\0…\0", at most MaxUevent bytes; borrowed for the call
/// @return the event (source `kernel`; times, id and what depends on the sender left to the caller), or the
///         reason why it was refused. Of a key that comes twice the last value counts, as for udevd; so the
///         SEQNUM is the kernel's, which puts its own last (also into injected messages). A string without
///         "=" becomes a key without a value; one without a key is left out
/// Source: lib/kobject_uevent.c (kernel): kobject_uevent_env(), uevent_net_rcv_skb()
[[nodiscard]] std::variant<Event, RefusedUevent> parseUevent(std::span<const char> datagram);

} // namespace keventd
