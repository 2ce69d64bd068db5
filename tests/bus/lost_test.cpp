// A subscriber that falls behind the history is told exactly what it has missed, and goes on.

#include "keventd/names.h"
#include "tests/bus/bus_test.h"

namespace keventd::test {
namespace {

constexpr std::uint64_t Flood = 20'000; // thirty times what the history holds

class Lost : public BusEventTest {
protected:
    Lost() : BusEventTest({"--history=256K"}) {}

    /// Of everything, so that ids can be accounted for one by one, with a window much smaller than the
    /// history.
    [[nodiscard]] static Wanted everything() {
        Wanted wanted;
        wanted.window = 16;
        return wanted;
    }

    /// Lets a subscriber fall behind, and go on to the end of what was written.
    void fallBehindAndGoOn(Subscriber& subscriber) {
        subscriber.setAcknowledging(false);
        uevents_.writeMany(Flood);
        takeAllSent(subscriber);
        subscriber.setAcknowledging(true);
        subscriber.acknowledge(subscriber.events().back().id);
        ASSERT_TRUE(waitForEverything(subscriber));
    }
};

TEST_P(Lost, IsToldToASubscriberThatDoesNotAcknowledge) {
    Subscriber subscriber = subscribe(everything());
    ASSERT_NO_FATAL_FAILURE(fallBehindAndGoOn(subscriber));
    EXPECT_FALSE(subscriber.lost().empty());
}

TEST_P(Lost, AccountsForEveryIdTogetherWithTheEvents) {
    Subscriber subscriber = subscribe(everything());
    ASSERT_NO_FATAL_FAILURE(fallBehindAndGoOn(subscriber));
    expectEveryIdAccountedFor(subscriber);
}

TEST_P(Lost, IsToldAgainToOneThatFallsBehindAgain) {
    Subscriber subscriber = subscribe(everything());
    ASSERT_NO_FATAL_FAILURE(fallBehindAndGoOn(subscriber));
    const std::size_t once = subscriber.lost().size();
    ASSERT_NO_FATAL_FAILURE(fallBehindAndGoOn(subscriber));
    EXPECT_GT(subscriber.lost().size(), once);
    expectEveryIdAccountedFor(subscriber);
}

TEST_P(Lost, IsToldAtOnceToOneThatAsksForWhatIsNoLongerKept) {
    uevents_.writeMany(Flood);
    connect().sync();
    Wanted wanted = everything();
    wanted.since = 1;
    Subscriber subscriber = subscribe(wanted);
    ASSERT_TRUE(waitForEvents(subscriber, 1));
    ASSERT_EQ(subscriber.lost().size(), 1U);
    EXPECT_EQ(subscriber.lost().front().first, 1U);
    EXPECT_EQ(subscriber.lost().front().second + 1, subscriber.events().front().id);
}

TEST_P(Lost, IsToldToOneThatAsksForATimeOfWhichEventsAreNoLongerKept) {
    uevents_.writeMany(Flood);
    connect().sync();
    Wanted wanted = everything();
    wanted.sinceBoottime = 1;
    Subscriber subscriber = subscribe(wanted);
    ASSERT_TRUE(waitForEvents(subscriber, 1));
    ASSERT_EQ(subscriber.lost().size(), 1U);
    EXPECT_EQ(subscriber.lost().front().first, 1U);
    EXPECT_EQ(subscriber.lost().front().second + 1, subscriber.events().front().id);
}

TEST_P(Lost, IsNotToldToOneThatAsksForATimeOfWhichEverythingIsKept) {
    uevents_.writeMany(Flood);
    const BusClient client = connect();
    client.sync();
    Wanted wanted = everything();
    wanted.sinceBoottime = client.statistics().at(names::statistic::DroppedBoottime) + 1;
    Subscriber subscriber = subscribe(wanted);
    ASSERT_TRUE(waitForEvents(subscriber, 1));
    EXPECT_TRUE(subscriber.lost().empty());
}

TEST_P(Lost, IsNotToldToOneThatTakesTheOldestKept) {
    uevents_.writeMany(Flood);
    connect().sync();
    Wanted wanted = everything();
    wanted.since = 0;
    Subscriber subscriber = subscribe(wanted);
    const auto isLast = [](const Event& event) { return numberOf(event) == Flood; };
    ASSERT_NE(subscriber.waitForEvent(isLast), nullptr);
    EXPECT_TRUE(subscriber.lost().empty());
}

TEST_P(Lost, IsToldAlsoWhenNothingOfItMatches) {
    Wanted wanted = everything();
    wanted.filters[names::option::Objects] = {objectOf("zero")};
    wanted.window = 1;
    Subscriber subscriber = subscribe(wanted);
    subscriber.setAcknowledging(false);
    uevents_.write("change", "zero");
    uevents_.writeMany(Flood);
    takeAllSent(subscriber);
    ASSERT_FALSE(subscriber.events().empty());
    subscriber.setAcknowledging(true);
    subscriber.acknowledge(subscriber.events().back().id);
    uevents_.write("change", "zero");
    const auto isLast = [](const Event& event) { return numberOf(event) == Flood + 2; };
    ASSERT_NE(subscriber.waitForEvent(isLast), nullptr);
    ASSERT_EQ(subscriber.lost().size(), 1U);
    EXPECT_EQ(subscriber.lost().front().first, subscriber.events().front().id + 1);
}

INSTANTIATE_TEST_SUITE_P(, Lost, AllRoads, NameOfRoad());

} // namespace
} // namespace keventd::test
