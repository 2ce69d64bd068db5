#include "tests/bench/road.h"

namespace keventd::bench {
namespace {

// Of /usr/share/dbus-1/session.conf: what dbus-daemon allows by itself is less.
constexpr const char* ManyConnections = "<limit name=\"max_connections_per_user\">100000</limit>"
                                        "<limit name=\"max_completed_connections\">100000</limit>\n";

} // namespace

std::string nameOf(Road road) {
    switch (road) {
    case Road::DbusDaemon:
        return "through dbus-daemon";
    case Road::DbusBroker:
        return "through dbus-broker";
    case Road::PrivateSocket:
        break;
    }
    return "on the private socket";
}

std::unique_ptr<test::Broker> startBroker(Road road) {
    std::unique_ptr<test::Broker> broker;
    if (road == Road::DbusDaemon) {
        broker = std::make_unique<test::DbusDaemon>(test::DbusDaemon::Names::Any, ManyConnections);
    }
    if (road == Road::DbusBroker) broker = std::make_unique<test::DbusBroker>();
    if (broker) broker->start();
    return broker;
}

Endpoint endpointOf(const std::unique_ptr<test::Broker>& broker, const test::DaemonProcess& daemon) {
    return broker ? busAt(broker->address()) : privateSocket(daemon.socketPath());
}

} // namespace keventd::bench
