// libkeventd's Client, which leaves it to its user to connect anew: what it says when things go wrong, and
// goes on with.

#include "keventd/client.h"
#include "tests/bus/library_test.h"

#include <unistd.h>

namespace keventd::test {
namespace {

using std::chrono::milliseconds;

class LibraryClient : public LibraryTest {
protected:
    [[nodiscard]] static EventHandlers nobody() {
        return {[](const Event&) {}, {}};
    }
    /// Handles what comes until this is true.
    /// @return false at the deadline
    [[nodiscard]] static bool processUntil(Client& client, const std::function<bool()>& isTrue) {
        for (const Deadline deadline; !isTrue(); client.process(milliseconds(50))) {
            if (deadline.expired()) return false;
        }
        return true;
    }
};

// The daemon serves it all the same, when it comes to it: to nobody, who acknowledges nothing.
TEST_P(LibraryClient, GoesOnAfterASubscribeThatTimedOut) {
    Client client(endpoint());
    daemon().freeze();
    client.setTimeout(milliseconds(50));
    SubscribeOptions wide;
    wide.window = 65'536;
    EXPECT_THROW(static_cast<void>(client.subscribe(wide, nobody())), TimeoutError);
    daemon().thaw();
    client.setTimeout(DefaultTimeout);

    std::uint64_t events = 0;
    SubscribeOptions ours;
    static_cast<EventOptions&>(ours) = options();
    const ClientSubscription subscription = client.subscribe(ours, {[&](const Event&) { ++events; }, {}});
    uevents_.setPadding(1'500);
    uevents_.writeMany(4'000); // more than may be under way to one client
    EXPECT_TRUE(processUntil(client, [&] { return events >= 4'000; })) << events;
    EXPECT_TRUE(processUntil(client, [&] { return daemon().statistics().at("subscriptions") == 1; }));
}

TEST_P(LibraryClient, IsOfNoMoreUseWhenItsDaemonHasGone) {
    Client client(endpoint());
    SubscribeOptions all;
    const ClientSubscription subscription = client.subscribe(all, nobody());
    daemon().stop();
    EXPECT_THROW(static_cast<void>(processUntil(client, [] { return false; })), ConnectionError);
    startDaemon();
    EXPECT_THROW(client.process(milliseconds(0)), ConnectionError);
    EXPECT_THROW(static_cast<void>(client.subscribe(all, nobody())), ConnectionError);
    EXPECT_THROW(client.sync(), ConnectionError);
}

TEST_P(LibraryClient, ListsSubscriptions) {
    Client client(endpoint());
    SubscribeOptions wanted;
    wanted.filter.subsystems = {"mem"};
    wanted.filter.actions = {"add", "change"};
    wanted.window = 9;
    const ClientSubscription subscription = client.subscribe(wanted, nobody());
    const std::vector<SubscriptionInfo> all = client.listSubscriptions();
    ASSERT_EQ(all.size(), 1U);
    EXPECT_GT(all.front().number, 0U);
    EXPECT_EQ(all.front().owner.empty(), isPrivate());
    EXPECT_EQ(all.front().uid, geteuid());
    EXPECT_EQ(all.front().filter, "subsystem=mem action=add,change");
    EXPECT_EQ(all.front().window, 9U);
    EXPECT_EQ(all.front().lost, 0U);
    EXPECT_EQ(all.front().unacknowledged, 0U);
}

INSTANTIATE_TEST_SUITE_P(, LibraryClient, AllRoads, NameOfRoad());

} // namespace
} // namespace keventd::test
