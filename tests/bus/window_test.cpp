// Flow control: no more than the window is sent ahead of acknowledgements.

#include "dbus/event_codec.h"
#include "keventd/names.h"
#include "tests/bus/bus_test.h"

namespace keventd::test {
namespace {

constexpr std::uint32_t Four = 4;

// A subscriber with a window of four that acknowledges only when told to.
class Window : public BusEventTest {
protected:
    [[nodiscard]] Wanted wantedWithWindow() const {
        Wanted wanted = uevents_.wanted();
        wanted.window = Four;
        return wanted;
    }

    // Takes what has come. More than that does not, however long one waits.
    [[nodiscard]] std::vector<std::uint64_t> numbersSentTo(Subscriber& subscriber) const {
        takeAllSent(subscriber);
        return numbersOf(subscriber, uevents_);
    }

    static void acknowledgeAs(const BusClient& client, std::uint32_t subscription, std::uint64_t id) {
        const BusMessageHandle call = client.newCall(names::method::Acknowledge);
        checkBus(sd_bus_message_append(call.get(), "ut", subscription, id), "append arguments");
        checkBus(sd_bus_message_set_expect_reply(call.get(), 0), "expect no reply");
        checkBus(sd_bus_send(client.get(), call.get(), nullptr), "acknowledge");
        client.sync(); // what was sent before this has been handled when it returns
    }

    static void unsubscribeAs(const BusClient& client, std::uint32_t subscription) {
        const BusMessageHandle call = client.newCall(names::method::Unsubscribe);
        checkBus(sd_bus_message_append(call.get(), "u", subscription), "append argument");
        client.send(call);
    }

    static std::string errorOfUnsubscribe(const BusClient& client, std::uint32_t subscription) {
        try {
            unsubscribeAs(client, subscription);
            return "none";
        } catch (const CallError& error) {
            return error.name();
        }
    }
};

TEST_P(Window, HoldsBackWhatIsNotAcknowledged) {
    Subscriber subscriber = subscribe(wantedWithWindow());
    subscriber.setAcknowledging(false);
    uevents_.writeMany(20);
    EXPECT_EQ(numbersSentTo(subscriber), sequence(1, 4));
}

TEST_P(Window, HoldsBackWhatComesOneByOne) {
    Subscriber subscriber = subscribe(wantedWithWindow());
    subscriber.setAcknowledging(false);
    for (std::uint64_t number = 1; number <= 8; ++number) {
        uevents_.write();
        EXPECT_EQ(numbersSentTo(subscriber), sequence(1, std::min<std::uint64_t>(number, Four)));
    }
}

TEST_P(Window, IsOf1024EventsUnlessAskedOtherwise) {
    Subscriber subscriber = subscribe(uevents_.wanted());
    subscriber.setAcknowledging(false);
    uevents_.writeMany(1'500);
    EXPECT_EQ(numbersSentTo(subscriber), sequence(1, 1'024));
}

// Behind a broker they would lie in its memory, which serves everybody.
TEST_P(Window, HoldsBackWhatIsMoreThanFourMebibytes) {
    Wanted wanted = uevents_.wanted();
    wanted.window = 65'536;
    Subscriber subscriber = subscribe(wanted);
    subscriber.setAcknowledging(false);
    uevents_.writeMany(30'000);
    std::size_t bytes = 0;
    const std::size_t sent = numbersSentTo(subscriber).size();
    for (const Event& event : subscriber.events()) bytes += encodedSize(viewOf(event));
    EXPECT_LT(sent, 30'000U);
    EXPECT_GT(bytes, 3U << 20U);
    EXPECT_LE(bytes, (4U << 20U) + 1024);
    subscriber.setAcknowledging(true);
    subscriber.acknowledge(subscriber.next() - 1);
    ASSERT_TRUE(waitForEvents(subscriber, 30'000));
    EXPECT_EQ(numbersOf(subscriber, uevents_), sequence(1, 30'000));
}

TEST_P(Window, IsSentInSignalsOfAtMost256Kibibytes) {
    Wanted wanted;
    wanted.window = 65'536;
    wanted.since = 0;
    uevents_.writeMany(5'000);
    Subscriber subscriber = subscribe(wanted);
    ASSERT_TRUE(waitForEverything(subscriber));
    EXPECT_GT(subscriber.largestSignal(), 128U << 10U);
    EXPECT_LE(subscriber.largestSignal(), 256U << 10U);
}

TEST_P(Window, OpensForAsManyAsAreAcknowledged) {
    Subscriber subscriber = subscribe(wantedWithWindow());
    subscriber.setAcknowledging(false);
    uevents_.writeMany(20);
    ASSERT_EQ(numbersSentTo(subscriber), sequence(1, 4));
    subscriber.acknowledge(subscriber.events()[1].id);
    EXPECT_EQ(numbersSentTo(subscriber), sequence(1, 6));
}

TEST_P(Window, OpensWhollyWhenTheLastIsAcknowledged) {
    Subscriber subscriber = subscribe(wantedWithWindow());
    subscriber.setAcknowledging(false);
    uevents_.writeMany(20);
    for (std::uint64_t sent = 4; sent <= 20; sent += 4) {
        ASSERT_EQ(numbersSentTo(subscriber), sequence(1, sent));
        subscriber.acknowledge(subscriber.events().back().id);
    }
}

TEST_P(Window, IsNotOpenedTwiceByOneId) {
    Subscriber subscriber = subscribe(wantedWithWindow());
    subscriber.setAcknowledging(false);
    uevents_.writeMany(20);
    ASSERT_EQ(numbersSentTo(subscriber), sequence(1, 4));
    for (int i = 0; i < 3; ++i) subscriber.acknowledge(subscriber.events().front().id);
    EXPECT_EQ(numbersSentTo(subscriber), sequence(1, 5));
}

TEST_P(Window, IsNotOpenedForEverByAnIdThatWasNeverSent) {
    Subscriber subscriber = subscribe(wantedWithWindow());
    subscriber.setAcknowledging(false);
    uevents_.writeMany(20);
    ASSERT_EQ(numbersSentTo(subscriber), sequence(1, 4));
    subscriber.acknowledge(UINT64_MAX);
    EXPECT_EQ(numbersSentTo(subscriber), sequence(1, 8));
}

TEST_P(Window, IsNotOpenedByAnIdBeforeTheFirst) {
    Subscriber subscriber = subscribe(wantedWithWindow());
    subscriber.setAcknowledging(false);
    uevents_.writeMany(20);
    ASSERT_EQ(numbersSentTo(subscriber), sequence(1, 4));
    subscriber.acknowledge(0);
    EXPECT_EQ(numbersSentTo(subscriber), sequence(1, 4));
}

TEST_P(Window, IsNotOpenedByAnotherClient) {
    Subscriber subscriber = subscribe(wantedWithWindow());
    subscriber.setAcknowledging(false);
    uevents_.writeMany(20);
    ASSERT_EQ(numbersSentTo(subscriber), sequence(1, 4));
    acknowledgeAs(connect(), subscriber.number(), subscriber.events().back().id);
    EXPECT_EQ(numbersSentTo(subscriber), sequence(1, 4));
}

TEST_P(Window, OfOneSubscriptionDoesNotHoldBackAnother) {
    Subscriber slow = subscribe(wantedWithWindow());
    slow.setAcknowledging(false);
    Subscriber prompt = subscribe(wantedWithWindow());
    uevents_.writeMany(20);
    ASSERT_TRUE(waitForEvents(prompt, 20));
    EXPECT_EQ(numbersOf(prompt, uevents_), sequence(1, 20));
    EXPECT_EQ(numbersSentTo(slow), sequence(1, 4));
}

// GIO, busctl and others wait for a reply whatever the introspection says.
TEST_P(Window, AcknowledgementIsAnsweredWhereAnAnswerIsExpected) {
    Subscriber subscriber = subscribe(wantedWithWindow());
    const BusMessageHandle call = subscriber.client().newCall(names::method::Acknowledge);
    checkBus(sd_bus_message_append(call.get(), "ut", subscriber.number(), std::uint64_t{1}),
             "append arguments");
    EXPECT_NO_THROW(subscriber.client().send(call));
}

TEST_P(Window, AcknowledgementOfAnUnknownSubscriptionIsIgnored) {
    const BusClient client = connect();
    acknowledgeAs(client, 4711, 1);
    EXPECT_NO_THROW(client.sync());
}

TEST_P(Window, IsOfNoConcernAfterUnsubscribe) {
    Subscriber subscriber = subscribe(wantedWithWindow());
    uevents_.write();
    ASSERT_TRUE(waitForEvents(subscriber, 1));
    unsubscribeAs(subscriber.client(), subscriber.number());
    uevents_.writeMany(10);
    EXPECT_EQ(numbersSentTo(subscriber), sequence(1, 1));
    EXPECT_TRUE(hasSubscriptions(0));
}

TEST_P(Window, SubscriptionOfAnotherClientCannotBeEnded) {
    Subscriber subscriber = subscribe(uevents_.wanted());
    EXPECT_EQ(errorOfUnsubscribe(connect(), subscriber.number()), names::error::NoSuchSubscription);
    uevents_.write();
    EXPECT_TRUE(waitForEvents(subscriber, 1));
}

TEST_P(Window, SubscriptionCannotBeEndedTwice) {
    Subscriber subscriber = subscribe(uevents_.wanted());
    unsubscribeAs(subscriber.client(), subscriber.number());
    EXPECT_EQ(errorOfUnsubscribe(subscriber.client(), subscriber.number()), names::error::NoSuchSubscription);
}

INSTANTIATE_TEST_SUITE_P(, Window, AllRoads, NameOfRoad());

} // namespace
} // namespace keventd::test
