// How a subscriber reaches the daemon.
#pragma once

#include "keventd/client.h"
#include "tests/support/broker.h"
#include "tests/support/daemon_process.h"

#include <memory>
#include <string>

namespace keventd::bench {

enum class Road { PrivateSocket, DbusDaemon, DbusBroker };

/// @return "on the private socket", "through dbus-daemon", …
[[nodiscard]] std::string nameOf(Road road);

/// @return the broker, which serves; nothing for the private socket
[[nodiscard]] std::unique_ptr<test::Broker> startBroker(Road road);

/// @param broker  what startBroker() returned
/// @return DaemonOptions::bus
[[nodiscard]] inline std::string busOf(const std::unique_ptr<test::Broker>& broker) {
    return broker ? broker->address() : "none";
}

/// @return where a subscriber connects to
[[nodiscard]] Endpoint endpointOf(const std::unique_ptr<test::Broker>& broker,
                                  const test::DaemonProcess& daemon);

} // namespace keventd::bench
