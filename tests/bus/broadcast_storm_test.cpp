// A listener that stops reading, or a bus that does, harms nobody else: what is broadcast can pile up.

#include "tests/bus/broadcast_test.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <thread>

namespace keventd::test {
namespace {

// More than what dbus-daemon keeps for a sender, or for a receiver (127 MiB), before it does something about
// it.
constexpr std::size_t MoreThanABrokerKeeps = 134U << 20U;

// A real program, of another user than the daemon, since dbus-broker makes the users of a bus share it. It is
// stopped once it has shown that it hears: gdbus adds its match rule after it has told who owns the name.
class StoppedListener {
public:
    StoppedListener(const std::string& address, TaggedUevents& uevents) : process_(monitor(address)) {
        const Deadline deadline;
        while (!hears() && !deadline.expired()) {
            uevents.writeMany(1);
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        EXPECT_TRUE(hears()) << process_.out() << process_.err();
        process_.signal(SIGSTOP);
    }

private:
    static ChildOptions monitor(const std::string& address) {
        ChildOptions options = asNobody({"gdbus", "monitor", "--session", "--dest", names::EventsBus});
        options.environment["DBUS_SESSION_BUS_ADDRESS"] = address;
        return options;
    }
    [[nodiscard]] bool hears() { return process_.out().find(names::KernelEvents) != std::string::npos; }

    ChildProcess process_;
};

constexpr std::uint64_t HistoryBytes = 64U << 20U; // by default

class BroadcastStorm : public BroadcastTest {
protected:
    using BroadcastTest::BroadcastTest;

    /// Writes events as large as they can be, until so much of them was heard; each lot when the one before
    /// has come to both.
    void writeAtThePaceOf(BroadcastListener& listener, Subscriber& subscriber, std::size_t bytes) {
        constexpr int lot = 200;
        uevents_.setPadding(1'500);
        while (listener.bytes() < bytes) {
            uevents_.writeMany(lot);
            ASSERT_TRUE(waitForEvents(subscriber, uevents_.written())) << daemon().log();
            ASSERT_TRUE(listener.waitUntil([&] { return hasHeardAll(listener); })) << daemon().log();
        }
    }

    [[nodiscard]] bool hasHeardAll(const BroadcastListener& listener) const {
        return !listener.heard().empty() && isLast(listener.heard().back().event);
    }
};

TEST_P(BroadcastStorm, ReachesAllButAListenerThatIsStopped) {
    Subscriber subscriber = subscribe(uevents_.wanted());
    BroadcastListener listener(address());
    const StoppedListener stopped(address(), uevents_);
    const BusClient caller = connect();
    uevents_.writeMany(1);
    const std::uint64_t memory = daemon().rssBytes();
    ASSERT_NO_FATAL_FAILURE(writeAtThePaceOf(listener, subscriber, MoreThanABrokerKeeps));
    EXPECT_EQ(numbersHeard(listener), sequence(1, uevents_.written()));
    EXPECT_EQ(numbersOf(subscriber, uevents_), sequence(1, uevents_.written()));
    EXPECT_EQ(caller.streamId(), subscriber.stream());
    EXPECT_LT(daemon().rssBytes(), memory + MemoryAllowance + HistoryBytes);
}

INSTANTIATE_TEST_SUITE_P(, BroadcastStorm, BrokerRoads, NameOfRoad());

// The bus itself stops for a while.
class BroadcastsToAFrozenBus : public BroadcastTest {
protected:
    BroadcastsToAFrozenBus() : BroadcastTest({"--broadcast-rate=1000000", "--history=1M"}) {}
};

TEST_P(BroadcastsToAFrozenBus, GoOnWhenItGoesOnAndTellWhatIsLost) {
    Subscriber subscriber(daemon().address(), uevents_.wanted());
    BroadcastListener listener(address());
    broker().freeze();
    const std::uint64_t memory = daemon().rssBytes();
    for (int i = 0; i < 20; ++i) {
        uevents_.writeMany(1'000);
        ASSERT_TRUE(waitForEvents(subscriber, uevents_.written())) << daemon().log();
    }
    ASSERT_TRUE(daemon().waitForLog("does not read what is broadcast")) << daemon().log();
    EXPECT_LT(daemon().rssBytes(), memory + MemoryAllowance);
    broker().thaw();
    const auto knowsOfLast = [&] {
        return listener.knowsOf(names::KernelEvents, subscriber.events().back().id);
    };
    const Deadline deadline;
    do {
        uevents_.writeMany(1);
        ASSERT_TRUE(waitForEvents(subscriber, uevents_.written()));
        ASSERT_TRUE(listener.waitUntil(knowsOfLast)) << daemon().log();
    } while (!isLast(listener.heard().back().event) && !deadline.expired());
    EXPECT_TRUE(isLast(listener.heard().back().event));
    for (const std::size_t i : {0U, 5'000U, 19'999U, 20'000U}) {
        EXPECT_TRUE(listener.knowsOf(names::KernelEvents, subscriber.events()[i].id)) << i;
    }
}

INSTANTIATE_TEST_SUITE_P(, BroadcastsToAFrozenBus, BrokerRoads, NameOfRoad());

// A bus that keeps so little for a sender that it stops reading before the connection is made anew by itself.
TEST(BroadcastsToABusOfLowLimits, GoOnWhenAListenerIsStopped) {
    if (!DbusDaemon::isInstalled()) GTEST_SKIP() << "dbus-daemon is not installed";
    if (const std::string reason = TaggedUevents::whyImpossible(); !reason.empty()) GTEST_SKIP() << reason;
    DbusDaemon broker(DbusDaemon::Names::Any, "<limit name=\"max_incoming_bytes\">1048576</limit>"
                                              "<limit name=\"max_outgoing_bytes\">1048576</limit>\n");
    broker.start();
    DaemonOptions options;
    options.bus = broker.address();
    options.arguments = {"--broadcast-rate=1000000"};
    options.inChild = hideUdevd;
    DaemonProcess daemon(std::move(options));
    ASSERT_TRUE(waitForName(broker.address(), names::EventsBus)) << daemon.log();

    TaggedUevents uevents;
    uevents.setPadding(1'500);
    BroadcastListener listener(broker.address());
    Subscriber subscriber(broker.address(), uevents.wanted(), Via::Broker);
    const StoppedListener stopped(broker.address(), uevents);
    const auto knowsOfLast = [&] {
        return listener.knowsOf(names::KernelEvents, subscriber.events().back().id);
    };
    for (int i = 0; i < 40; ++i) {
        uevents.writeMany(100);
        ASSERT_TRUE(waitForEvents(subscriber, uevents.written())) << daemon.log();
        ASSERT_TRUE(listener.waitUntil(knowsOfLast)) << daemon.log();
    }
    ASSERT_NE(daemon.log().find("does not read what is broadcast"), std::string::npos) << daemon.log();
    for (const Event& event : subscriber.events()) {
        ASSERT_TRUE(listener.knowsOf(names::KernelEvents, event.id)) << event.id;
    }
    EXPECT_EQ(listener.heard().back().event.id, subscriber.events().back().id);
}

} // namespace
} // namespace keventd::test
