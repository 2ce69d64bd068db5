// WatchAttribute and UnwatchAttribute: what becomes of an attribute that the kernel notifies, and for how
// long.

#include "keventd/names.h"
#include "tests/bus/bus_test.h"
#include "tests/support/net_devices.h"
#include "tests/support/virtual_terminals.h"

#include <gmock/gmock.h>

namespace keventd::test {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

const std::string Tty0 = VirtualTerminals::Object;
const std::string Active = VirtualTerminals::Attribute;
constexpr const char* Unwatch = names::method::UnwatchAttribute;

std::string valueOf(const Event& event, const char* key = names::key::Value) {
    return std::string(event.properties.find(key).value_or("(none)"));
}

Wanted attributeEvents() {
    Wanted wanted;
    wanted.filters[names::option::Sources] = {names::source::Attribute};
    return wanted;
}

/// @return those of the history, with all that has been notified by now
std::vector<Event> attributeEventsOf(const BusClient& client) {
    client.sync();
    return client.wholeHistory(attributeEvents());
}

class WatchedAttribute : public BusTest {
protected:
    void SetUp() override {
        if (const std::string reason = VirtualTerminals::whyImpossible(); !reason.empty())
            GTEST_SKIP() << reason;
        BusTest::SetUp();
        if (IsSkipped()) return;
        terminals_.emplace();
        before_ = VirtualTerminals::active();
    }

    [[nodiscard]] bool areWatched(std::uint64_t count) const {
        const BusClient client = connect();
        return eventually([&] { return client.statistics().at("watched_attributes") == count; });
    }
    /// Waits for the event of this value.
    [[nodiscard]] static const Event* waitForValue(Subscriber& subscriber, const std::string& value) {
        return subscriber.waitForEvent([&value](const Event& event) { return valueOf(event) == value; });
    }

    std::optional<VirtualTerminals> terminals_;
    std::string before_;
};

TEST_P(WatchedAttribute, BecomesEventsWithTheNewValue) {
    Subscriber subscriber = subscribe(attributeEvents());
    ASSERT_EQ(subscriber.client().tryToWatch(Tty0, Active), "");
    const std::string now = terminals_->change();
    const Event* event = waitForValue(subscriber, now);
    ASSERT_NE(event, nullptr);
    EXPECT_EQ(event->source, "attribute");
    EXPECT_EQ(event->action, "change");
    EXPECT_EQ(event->subsystem, "tty");
    EXPECT_EQ(event->object, Tty0);
    EXPECT_EQ(event->attribute, Active);
    EXPECT_EQ(event->seqnum, 0U);
    EXPECT_EQ(event->flags, 0U);
    EXPECT_EQ(valueOf(*event, names::key::OldValue), before_);
    const std::string later = terminals_->change();
    const Event* next = waitForValue(subscriber, later);
    ASSERT_NE(next, nullptr);
    EXPECT_EQ(valueOf(*next, names::key::OldValue), now);
}

TEST_P(WatchedAttribute, IsToldOnceHoweverManyWatchIt) {
    Subscriber subscriber = subscribe(attributeEvents());
    const BusClient other = connect();
    const BusClient& own = subscriber.client();
    for (const BusClient* client : {&own, &other}) {
        ASSERT_EQ(client->tryToWatch(Tty0, Active), "");
        ASSERT_EQ(client->tryToWatch(Tty0, Active), "") << "which changes nothing";
    }
    EXPECT_TRUE(areWatched(1));
    for (std::size_t round = 1; round <= 3; ++round) {
        const std::string now = terminals_->change();
        ASSERT_TRUE(waitForEvents(subscriber, round));
        EXPECT_EQ(valueOf(subscriber.events().back()), now);
    }
    EXPECT_THAT(attributeEventsOf(other), SizeIs(3));
}

TEST_P(WatchedAttribute, IsNotToldAnyMoreWhenItIsUnwatched) {
    const BusClient client = connect();
    ASSERT_EQ(client.tryToWatch(Tty0, Active), "");
    ASSERT_EQ(client.tryToWatch(Tty0, Active), "");
    ASSERT_EQ(client.tryToWatch(Tty0, Active, Unwatch), "") << "once is enough";
    EXPECT_TRUE(areWatched(0));
    terminals_->change();
    EXPECT_THAT(attributeEventsOf(client), SizeIs(0));
    EXPECT_THAT(client.tryToWatch(Tty0, Active, Unwatch), HasSubstr(names::error::NoSuchWatch));
}

TEST_P(WatchedAttribute, IsStillToldToThoseWhoWatchItWhenAnotherDoesNotAnyMore) {
    Subscriber subscriber = subscribe(attributeEvents());
    const BusClient other = connect();
    ASSERT_EQ(subscriber.client().tryToWatch(Tty0, Active), "");
    ASSERT_EQ(other.tryToWatch(Tty0, Active), "");
    ASSERT_EQ(other.tryToWatch(Tty0, Active, Unwatch), "");
    EXPECT_THAT(other.tryToWatch(Tty0, Active, Unwatch), HasSubstr(names::error::NoSuchWatch));
    EXPECT_NE(waitForValue(subscriber, terminals_->change()), nullptr);
}

TEST_P(WatchedAttribute, IsWatchedNoLongerThanItsClientStays) {
    {
        const BusClient passing = connect();
        ASSERT_EQ(passing.tryToWatch(Tty0, Active), "");
        ASSERT_TRUE(areWatched(1));
    }
    EXPECT_TRUE(areWatched(0));
    terminals_->change();
    EXPECT_THAT(attributeEventsOf(connect()), SizeIs(0));
}

TEST_P(WatchedAttribute, OfAnotherClientIsNotOnesOwn) {
    const BusClient one = connect();
    const BusClient other = connect();
    ASSERT_EQ(one.tryToWatch(Tty0, Active), "");
    EXPECT_THAT(other.tryToWatch(Tty0, Active, Unwatch), HasSubstr(names::error::NoSuchWatch));
    EXPECT_TRUE(areWatched(1));
}

TEST_P(WatchedAttribute, IsInTheHistory) {
    const BusClient client = connect();
    ASSERT_EQ(client.tryToWatch(Tty0, Active), "");
    const std::string now = terminals_->change();
    const auto events = attributeEventsOf(client);
    ASSERT_THAT(events, SizeIs(1));
    EXPECT_EQ(valueOf(events.front()), now);
}

INSTANTIATE_TEST_SUITE_P(, WatchedAttribute, AllRoadsAndGreeted, NameOfRoad());

/// Of a network device, which comes and goes in the network namespace of these tests.
class AttributeOfANetDevice : public BusEventTest {
protected:
    static constexpr const char* Object = "/devices/virtual/net/watched";

    static bool isGone(const Event& event) { return event.action == names::action::Remove; }

    NetDevices devices_;
};

TEST_P(AttributeOfANetDevice, IsToldToBeGoneWithTheDevice) {
    devices_.createVeth("watched", "peer");
    Subscriber subscriber = subscribe(attributeEvents());
    const BusClient& client = subscriber.client();
    const BusClient other = connect();
    for (const BusClient* one : {&client, &other}) ASSERT_EQ(one->tryToWatch(Object, "mtu"), "");
    devices_.remove("watched");
    const Event* gone = subscriber.waitForEvent(isGone);
    ASSERT_NE(gone, nullptr);
    EXPECT_EQ(gone->source, "attribute");
    EXPECT_EQ(gone->object, Object);
    EXPECT_EQ(gone->attribute, "mtu");
    EXPECT_EQ(gone->subsystem, "net");
    EXPECT_EQ(valueOf(*gone, names::key::OldValue), "1500");
    for (const BusClient* one : {&client, &other})
        EXPECT_THAT(one->tryToWatch(Object, "mtu", Unwatch), HasSubstr(names::error::NoSuchWatch));
    EXPECT_THAT(client.tryToWatch(Object, "mtu"), HasSubstr(names::error::NoSuchAttribute));
    EXPECT_THAT(subscriber.events(), SizeIs(1));
}

TEST_P(AttributeOfANetDevice, IsToldToBeGoneWhenTheDeviceIsRenamed) {
    devices_.createVeth("watched", "peer");
    Subscriber subscriber = subscribe(attributeEvents());
    ASSERT_EQ(subscriber.client().tryToWatch(Object, "mtu"), "");
    devices_.rename("watched", "renamed");
    EXPECT_NE(subscriber.waitForEvent(isGone), nullptr);
    devices_.remove("renamed");
}

INSTANTIATE_TEST_SUITE_P(, AttributeOfANetDevice, AllRoads, NameOfRoad());

} // namespace
} // namespace keventd::test
