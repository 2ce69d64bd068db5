// Fixtures: the real daemon, reached by each of its roads.
#pragma once

#include "keventd/names.h"
#include "tests/bus/tagged_uevents.h"
#include "tests/support/broker.h"
#include "tests/support/daemon_process.h"
#include "tests/support/sanitizer.h"
#include "tests/support/subscriber.h"

#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace keventd::test {

enum class Road {
    PrivateSocket,
    GreetedPrivateSocket, ///< by a client that takes the private socket for a bus: Hello, AddMatch, names
    DbusDaemon,
    DbusBroker,
};

[[nodiscard]] std::string nameOf(Road road);
inline void PrintTo(Road road, std::ostream* out) {
    *out << nameOf(road);
}

/// @return nothing for the private socket
[[nodiscard]] std::unique_ptr<Broker> makeBroker(Road road);
/// @return whether the programs that the road needs are installed
[[nodiscard]] bool isInstalled(Road road);

// What a client that does not read may cost the daemon: queued messages of 256 KiB each, of several clients.
inline constexpr std::uint64_t MemoryAllowance = UnderAddressSanitizer ? 512U << 20U : 48U << 20U;

/// Names the instances of a test by their road.
struct NameOfRoad {
    std::string operator()(const testing::TestParamInfo<Road>& info) const { return nameOf(info.param); }
};

inline const auto AllRoads = testing::Values(Road::PrivateSocket, Road::DbusDaemon, Road::DbusBroker);
inline const auto AllRoadsAndGreeted =
    testing::Values(Road::PrivateSocket, Road::GreetedPrivateSocket, Road::DbusDaemon, Road::DbusBroker);
inline const auto BrokerRoads = testing::Values(Road::DbusDaemon, Road::DbusBroker);

/// A daemon that can be reached by the road of the test.
class BusTest : public testing::TestWithParam<Road> {
protected:
    explicit BusTest(std::vector<std::string> daemonArguments = {});
    void SetUp() override;
    /// What else a test wants of its daemon.
    virtual void adjust(DaemonOptions& options) { static_cast<void>(options); }

    [[nodiscard]] DaemonProcess& daemon() { return *daemon_; }
    [[nodiscard]] Broker& broker() { return *broker_; }
    [[nodiscard]] std::string address() const { return broker_ ? broker_->address() : daemon_->address(); }
    /// How the road is spoken to.
    [[nodiscard]] Via via() const { return GetParam() == Road::PrivateSocket ? Via::Private : Via::Broker; }
    [[nodiscard]] bool isPrivate() const { return broker_ == nullptr; }

    [[nodiscard]] BusClient connect() const { return BusClient(address(), via()); }
    [[nodiscard]] Subscriber subscribe(const Wanted& wanted = {}) const {
        return Subscriber(address(), wanted, via());
    }

    /// Asks again and again, with a call of the daemon in between, until this is true or the deadline has
    /// come.
    [[nodiscard]] bool eventually(const std::function<bool()>& isTrue) const;
    [[nodiscard]] bool hasSubscriptions(std::uint64_t count) const;

private:
    std::vector<std::string> daemonArguments_;
    std::unique_ptr<Broker> broker_; // before the daemon, so that it goes after it
    std::optional<DaemonProcess> daemon_;
};

/// The same, with real uevents.
class BusEventTest : public BusTest {
protected:
    using BusTest::BusTest;
    void SetUp() override;

    TaggedUevents uevents_;
};

/// Takes signals until so many events are here.
/// @return false at the deadline
[[nodiscard]] bool waitForEvents(Subscriber& subscriber, std::size_t count);
/// Takes signals of a subscription without filters until everything that the kernel has sent by now has come,
/// or is told lost.
/// @return false at the deadline
[[nodiscard]] bool waitForEverything(Subscriber& subscriber);
/// Takes what has been sent to the subscriber by now, of all that the kernel has sent by now, and no more.
void takeAllSent(Subscriber& subscriber);
/// @return numbers of the events of these that the subscriber has
[[nodiscard]] std::vector<std::uint64_t> numbersOf(const Subscriber& subscriber,
                                                   const TaggedUevents& uevents);

/// Fails unless every id since the subscription's first was either sent or told lost, in order, and none
/// both.
void expectEveryIdAccountedFor(const Subscriber& subscriber);

/// Waits until the daemon has its name on the bus.
/// @return false at the deadline
[[nodiscard]] bool waitForName(const std::string& busAddress, const char* name = names::Bus);
/// @return whether somebody owns the name now
[[nodiscard]] bool hasOwner(const BusClient& client, const char* name);

} // namespace keventd::test
