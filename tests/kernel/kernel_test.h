// What tests on the real kernel share: a network namespace of each test's own, and the daemon with one
// subscriber who wants everything.
#pragma once

#include "tests/support/bus_client.h"
#include "tests/support/daemon_process.h"
#include "tests/support/network_namespace.h"
#include "tests/support/stream_checks.h"
#include "tests/support/subscriber.h"
#include "tests/support/uevent_netlink.h"
#include "tests/support/uevent_writers.h"

#include <gtest/gtest.h>
#include <optional>

namespace keventd::test {

/// Skips where there is no root who may write uevents and make namespaces.
class KernelTest : public ::testing::Test {
protected:
    void SetUp() override;

private:
    std::optional<NetworkNamespace> namespace_;
};

/// The same, with a /sys that shows the network devices of the test. Skips where none can be mounted.
class KernelTestWithSysfs : public KernelTest {
protected:
    void SetUp() override;
};

/// The daemon, a subscriber who wants everything from the first event on, and a witness of what the kernel
/// really sent.
class WatchedDaemon {
public:
    explicit WatchedDaemon(DaemonOptions options = {});

    [[nodiscard]] DaemonProcess& process() { return daemon_; }
    [[nodiscard]] Subscriber& subscriber() { return subscriber_; }
    [[nodiscard]] const Events& events() const { return subscriber_.events(); }

    /// Waits until the subscriber has all that the kernel has sent, and checks that it has: sound, and
    /// complete.
    void expectComplete();

private:
    UeventWitness witness_;
    DaemonProcess daemon_;
    Subscriber subscriber_;
    std::uint64_t startSeqnum_; // read last: what came later, all three have seen
};

/// A daemon that waits long for what is under way: a writer may be preempted between the sockets that it
/// sends to, and a witness may have an event long before the daemon.
[[nodiscard]] DaemonOptions patient();

/// @return events of `source` that were written under this UUID; of `kernel` also those that the hotplug
/// helper saw
[[nodiscard]] std::vector<const Event*> writtenBy(const Events& events, const std::string& uuid,
                                                  const char* source = "kernel");

/// @return the whole history
[[nodiscard]] Events everything(const BusClient& client);

/// Starts a daemon again and again, and kills it each time at another moment of its start.
/// @param options  of these, arguments, coldplug, environment and inherited
void killAtItsStart(const DaemonOptions& options);

} // namespace keventd::test
