// A subscriber that stops reading harms neither the daemon nor another subscriber, and can go on later.

#include "keventd/names.h"
#include "tests/bus/bus_test.h"
#include "tests/bus/hostile_client.h"

#include <deque>

namespace keventd::test {
namespace {

class StalledSubscriber : public BusEventTest {
protected:
    using BusEventTest::BusEventTest;

    /// Of everything, with the largest window: the daemon is held back by nothing else than the socket.
    [[nodiscard]] static Wanted everything() {
        Wanted wanted;
        wanted.window = 65'536;
        return wanted;
    }

    /// Writes events, each thousand when the prompt subscriber has taken the one before.
    void writeAtThePaceOf(Subscriber& prompt, int thousands) {
        for (int i = 0; i < thousands; ++i) {
            uevents_.writeMany(1'000);
            ASSERT_TRUE(waitForEvents(prompt, uevents_.written())) << daemon().log();
        }
    }

    /// Writes events, each thousand when the one before is in the history.
    void writeAtThePaceOfTheDaemon(int thousands) {
        const BusClient client = connect();
        for (int i = 0; i < thousands; ++i) {
            uevents_.writeMany(1'000);
            client.sync();
        }
    }
};

TEST_P(StalledSubscriber, KeepsNothingFromAnother) {
    const Subscriber stalled = subscribe(everything());
    Subscriber prompt = subscribe(uevents_.wanted());
    ASSERT_NO_FATAL_FAILURE(writeAtThePaceOf(prompt, 30));
    EXPECT_EQ(numbersOf(prompt, uevents_), sequence(1, 30'000));
    EXPECT_TRUE(prompt.lost().empty());
}

TEST_P(StalledSubscriber, DoesNotDelayCallsOfOthers) {
    const Subscriber stalled = subscribe(everything());
    writeAtThePaceOfTheDaemon(20);
    const BusClient client = connect();
    EXPECT_EQ(client.streamId(), stalled.stream());
    EXPECT_GT(client.sync(), 0U);
}

TEST_P(StalledSubscriber, DoesNotKeepTheDaemonFromStopping) {
    const Subscriber stalled = subscribe(everything());
    writeAtThePaceOfTheDaemon(20);
    EXPECT_EQ(daemon().stop(), 0);
}

INSTANTIATE_TEST_SUITE_P(, StalledSubscriber, AllRoads, NameOfRoad());

class StalledSubscriberOfASmallHistory : public StalledSubscriber {
protected:
    StalledSubscriberOfASmallHistory() : StalledSubscriber({"--history=1M"}) {}
};

TEST_P(StalledSubscriberOfASmallHistory, CostsTheDaemonABoundedAmountOfMemory) {
    writeAtThePaceOfTheDaemon(5); // the history is full
    std::deque<Subscriber> stalled;
    // Behind a broker it is the broker's memory that is at stake, and its limits are its own.
    const int count = isPrivate() ? 8 : 1;
    for (int i = 0; i < count; ++i) stalled.emplace_back(address(), everything(), via());
    const std::uint64_t memory = daemon().rssBytes();
    writeAtThePaceOfTheDaemon(30);
    EXPECT_LT(daemon().rssBytes(), memory + MemoryAllowance);
}

TEST_P(StalledSubscriberOfASmallHistory, GoesOnWithItsEventsOrIsToldWhatIsLost) {
    Subscriber stalled = subscribe(everything());
    writeAtThePaceOfTheDaemon(30);
    ASSERT_TRUE(waitForEverything(stalled));
    expectEveryIdAccountedFor(stalled);
}

INSTANTIATE_TEST_SUITE_P(, StalledSubscriberOfASmallHistory, AllRoads, NameOfRoad());

// A client that has connected, and says nothing.
class SilentClient : public BusTest {};

TEST_P(SilentClient, DoesNotKeepTheDaemonFromStopping) {
    const HostileClient silent(daemon().socketPath());
    ASSERT_TRUE(waitUntilAllAccepted(daemon().socketPath()));
    EXPECT_EQ(daemon().stop(), 0);
}

INSTANTIATE_TEST_SUITE_P(, SilentClient, testing::Values(Road::PrivateSocket), NameOfRoad());

// A subscription ends with its owner.
class Owner : public BusEventTest {};

TEST_P(Owner, EndsItsSubscriptionWhenItDisconnects) {
    {
        const Subscriber subscriber = subscribe(uevents_.wanted());
        ASSERT_TRUE(hasSubscriptions(1));
    }
    EXPECT_TRUE(hasSubscriptions(0));
}

TEST_P(Owner, EndsAllItsSubscriptions) {
    {
        const BusClient client = connect();
        for (int i = 0; i < 10; ++i) {
            const BusMessageHandle call = client.newCall(names::method::Subscribe);
            appendWanted(call, {});
            client.send(call);
        }
        ASSERT_TRUE(hasSubscriptions(10));
    }
    EXPECT_TRUE(hasSubscriptions(0));
}

TEST_P(Owner, LeavesTheSubscriptionsOfOthersAlone) {
    Subscriber staying = subscribe(uevents_.wanted());
    {
        const Subscriber leaving = subscribe(uevents_.wanted());
        ASSERT_TRUE(hasSubscriptions(2));
    }
    ASSERT_TRUE(hasSubscriptions(1));
    uevents_.write();
    EXPECT_TRUE(waitForEvents(staying, 1));
}

TEST_P(Owner, EndsItsSubscriptionWhenItIsKilled) {
    ChildOptions options;
    options.command = {KEVENTCTL_BINARY,
                       isPrivate() ? "--socket=" + daemon().socketPath() : "--bus=" + address(), "monitor"};
    ChildProcess child(std::move(options));
    ASSERT_TRUE(hasSubscriptions(1)) << child.err();
    child.signal(SIGKILL);
    EXPECT_TRUE(hasSubscriptions(0));
}

INSTANTIATE_TEST_SUITE_P(, Owner, AllRoads, NameOfRoad());

class OwnerOnABus : public BusEventTest {};

TEST_P(OwnerOnABus, EndsItsSubscriptionWhenTheBusDies) {
    const Subscriber onBus = subscribe(uevents_.wanted());
    Subscriber onSocket(daemon().address(), uevents_.wanted());
    ASSERT_TRUE(hasSubscriptions(2));
    broker().kill();
    ASSERT_TRUE(hasSubscriptions(1));
    uevents_.write();
    EXPECT_TRUE(waitForEvents(onSocket, 1));
}

INSTANTIATE_TEST_SUITE_P(, OwnerOnABus, BrokerRoads, NameOfRoad());

} // namespace
} // namespace keventd::test
