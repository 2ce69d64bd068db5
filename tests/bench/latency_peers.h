// Those who wait for what bench-latency causes, each a process that writes down when something came, and
// never ends.
#pragma once

#include "keventd/client.h"
#include "tests/bench/latency_record.h"

#include <string>

namespace keventd::bench {

/// Hears the events with this UUID on a bare netlink socket.
[[noreturn]] void listen(LatencyRecord& record, const std::string& uuid);

/// Subscribes to all events, and takes down those with this UUID.
[[noreturn]] void subscribe(LatencyRecord& record, const std::string& uuid, const Endpoint& endpoint);

/// A signal that is nothing but a signal.
inline constexpr const char* BareObject = "/bare";
inline constexpr const char* BareInterface = "bare.Signal";
inline constexpr const char* BareMember = "Number"; ///< t: which one it is

/// Receives bare signals on a bus, on sd-bus alone.
[[noreturn]] void hearSignals(LatencyRecord& record, const std::string& busAddress);

} // namespace keventd::bench
