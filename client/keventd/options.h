// Which events are wanted, and from where: the options of Subscribe and GetEvents as C++ values; which
// attributes are to be watched.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace keventd {
inline namespace client {

/// Globs as of fnmatch(3) without flags. An event matches a list if it matches any glob in it; it must match
/// every list that is not empty.
struct EventFilter {
    std::vector<std::string> sources;
    std::vector<std::string> subsystems;
    std::vector<std::string> actions;
    std::vector<std::string> objects;
    std::vector<std::string> attributes;
    std::vector<std::string> properties; ///< "KEY=GLOB"; each KEY that is named must match one of its globs
};

/// Of a connection and of each call: the usual one of D-Bus.
inline constexpr std::chrono::seconds DefaultTimeout{25};

struct EventOptions {
    EventFilter filter;
    /// Refuse, if this is not the stream (RequestError, names::error::StreamChanged).
    std::optional<std::string> stream;
    /// First id wanted; 0 is the oldest kept.
    std::optional<std::uint64_t> since;
    /// Start at the first event read at this CLOCK_BOOTTIME or later. Not together with `since`.
    std::optional<std::chrono::microseconds> sinceBoottime;
};

/// A file of sysfs.
struct WatchedAttribute {
    std::string object;    ///< devpath without the leading /sys, as Event::object; no link is in it
    std::string attribute; ///< "active"; of a group "power/control"
};

/// Events that the daemon sends ahead of acknowledgements: its own default.
inline constexpr std::uint32_t DefaultWindow = 1024;

struct SubscribeOptions : EventOptions {
    std::uint32_t window = DefaultWindow; ///< 1 to 65536
};

} // namespace client
} // namespace keventd
