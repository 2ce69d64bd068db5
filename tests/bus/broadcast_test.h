// Fixture: the real daemon on a real bus, where no udevd is seen, and a test that can play one.
#pragma once

#include "tests/bus/broadcast_listener.h"
#include "tests/bus/bus_test.h"
#include "tests/support/uevent_netlink.h"

#include <cstdint>
#include <string>
#include <vector>

namespace keventd::test {

/// For DaemonOptions::inChild, as root: takes the process into a mount namespace where no udevd shows.
void hideUdevd();

/// Broadcasts at a rate that no test comes near, unless the arguments say otherwise: other tests' events of
/// mem devices, which are seen here, too, would use up the usual one.
class BroadcastTest : public BusEventTest {
protected:
    explicit BroadcastTest(std::vector<std::string> daemonArguments = {"--broadcast-rate=1000000"})
        : BusEventTest(std::move(daemonArguments)) {}
    void SetUp() override;
    void adjust(DaemonOptions& options) override { options.inChild = hideUdevd; }

    /// @return of what was heard, the events that were written by this test
    [[nodiscard]] std::vector<BroadcastListener::Heard> ours(const BroadcastListener& listener) const;
    [[nodiscard]] std::vector<std::uint64_t> numbersHeard(const BroadcastListener& listener) const;
    /// @return whether this is the last event that this test has written
    [[nodiscard]] bool isLast(const Event& event) const {
        return uevents_.hasWritten(event) && numberOf(event) == uevents_.written();
    }

    /// Has udevd's event of an event come that the kernel has sent.
    static void playUdev(std::uint64_t seqnum, const Properties& properties);
};

} // namespace keventd::test
