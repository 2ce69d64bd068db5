// What one client, and all clients of one user, may take; others have theirs all the same.

#include "keventd/names.h"
#include "tests/bus/limited_users.h"

#include <algorithm>
#include <gmock/gmock.h>

namespace keventd::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr uid_t Daemon = 1; // one whom the broker finds in /etc/passwd

class Quotas : public LimitedUsers {
protected:
    Quotas() : LimitedUsers("[limits.user]\nsubscriptions = 5\nfilter_bytes = 1024\n") {}

    static Wanted objectsOfBytes(std::size_t bytes) {
        Wanted wanted;
        wanted.filters[names::option::Objects] = {std::string(bytes, 'x')};
        return wanted;
    }
};

TEST_P(Quotas, BoundTheSubscriptionsOfAUserOnAllItsConnections) {
    const BusClient first = connectAs(Nobody);
    const BusClient second = connectAs(Nobody);
    for (int i = 0; i < 3; ++i) ASSERT_EQ(first.trySubscribe(), "");
    for (int i = 0; i < 2; ++i) ASSERT_EQ(second.trySubscribe(), "");
    for (const BusClient* client : {&first, &second}) {
        EXPECT_THAT(client->trySubscribe(),
                    AllOf(HasSubstr(names::error::LimitExceeded), HasSubstr("limits.user.subscriptions")));
    }
}

TEST_P(Quotas, AreNotSharedWithOtherUsers) {
    const BusClient nobody = connectAs(Nobody);
    for (int i = 0; i < 5; ++i) ASSERT_EQ(nobody.trySubscribe(), "");
    EXPECT_EQ(connectAs(Daemon).trySubscribe(), "");
}

TEST_P(Quotas, AreGivenBackByThoseThatGo) {
    for (int round = 0; round < 3; ++round) {
        const BusClient nobody = connectAs(Nobody);
        ASSERT_TRUE(hasSubscriptions(0)); // the one before has gone by now
        for (int i = 0; i < 5; ++i) EXPECT_EQ(nobody.trySubscribe(), "") << round;
    }
}

TEST_P(Quotas, OfAUserDoNotBindRoot) {
    const BusClient root = connectAs(0);
    for (int i = 0; i < 20; ++i) EXPECT_EQ(root.trySubscribe(), "");
}

TEST_P(Quotas, BoundTheFiltersOfAUser) {
    const BusClient first = connectAs(Nobody);
    const BusClient second = connectAs(Nobody);
    ASSERT_EQ(first.trySubscribe(objectsOfBytes(1000)), "");
    EXPECT_THAT(second.trySubscribe(objectsOfBytes(1000)), HasSubstr("limits.user.filter_bytes"));
    EXPECT_EQ(second.trySubscribe(objectsOfBytes(20)), "");
}

// The first calls of a client wait until it is known whose it is.
TEST_P(Quotas, KeepTheOrderOfAClientsFirstCalls) {
    const BusClient nobody = connectAs(Nobody);
    std::vector<std::uint32_t> numbers;
    const auto onReply = [](sd_bus_message* reply, void* data, sd_bus_error*) {
        std::uint32_t number = 0;
        checkBus(sd_bus_message_read(reply, "u", &number), "read reply of Subscribe");
        static_cast<std::vector<std::uint32_t>*>(data)->push_back(number);
        return 0;
    };
    for (int i = 0; i < 5; ++i) {
        const BusMessageHandle call = nobody.newCall(names::method::Subscribe);
        appendWanted(call, {});
        checkBus(sd_bus_call_async(nobody.get(), nullptr, call.get(), onReply, &numbers, 0), "subscribe");
    }
    nobody.sync(); // which waits for its turn, too
    while (checkBus(sd_bus_process(nobody.get(), nullptr), "process") > 0) {
    }
    ASSERT_EQ(numbers.size(), 5U);
    EXPECT_TRUE(std::is_sorted(numbers.begin(), numbers.end()));
}

INSTANTIATE_TEST_SUITE_P(, Quotas, AllRoads, NameOfRoad());

class ManySubscriptions : public BusEventTest {};

TEST_P(ManySubscriptions, OfOneClientAreRefusedAndHarmNobody) {
    Subscriber healthy = subscribe(uevents_.wanted());
    const BusClient greedy = connect();
    int refused = 0;
    for (int i = 0; i < 10'000; ++i) {
        const BusMessageHandle call = greedy.newCall(names::method::Subscribe);
        appendWanted(call, {});
        try {
            greedy.send(call);
        } catch (const CallError& error) {
            EXPECT_EQ(error.name(), names::error::LimitExceeded);
            ++refused;
        }
    }
    EXPECT_EQ(refused, 10'000 - 1024);
    uevents_.writeMany(100);
    EXPECT_TRUE(waitForEvents(healthy, 100));
    EXPECT_TRUE(healthy.lost().empty());
}

INSTANTIATE_TEST_SUITE_P(, ManySubscriptions, AllRoads, NameOfRoad());

} // namespace
} // namespace keventd::test
