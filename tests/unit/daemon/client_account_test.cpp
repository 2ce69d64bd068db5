// What a client may have unacknowledged, alone and beside others of its connection.

#include "daemon/publish/client_account.h"

#include "daemon/publish/bus_error.h"

#include <deque>
#include <gtest/gtest.h>
#include <utility>

namespace keventd::test {
namespace {

// Sends as much as it may, and never acknowledges.
std::size_t fill(ClientAccount& client) {
    constexpr std::size_t batch = 16 * 1024;
    std::size_t sent = 0;
    for (; client.hasRoomBeside(0); sent += batch) client.sent(batch);
    return sent;
}

TEST(ClientAccount, BoundsWhatOneClientHasUnacknowledged) {
    ConnectionAccount connection;
    const ClientLimits limits;
    ClientAccount client(connection, limits);
    EXPECT_EQ(fill(client), limits.unacknowledgedBytes);
    EXPECT_FALSE(client.hasRoomBeside(0));
    client.acknowledged(limits.unacknowledgedBytes);
    EXPECT_TRUE(client.hasRoomBeside(0));
}

TEST(ClientAccount, LeavesRoomForOneThatAcknowledgesHoweverManyDoNot) {
    ConnectionAccount connection;
    const ClientLimits limits;
    std::deque<ClientAccount> stopped;
    for (int i = 0; i < 1'000; ++i) fill(stopped.emplace_back(connection, limits));
    EXPECT_LT(connection.unacknowledgedBytes, 127U << 20U) << "max_incoming_bytes of dbus-daemon";
    ClientAccount healthy(connection, limits);
    for (int i = 0; i < 1'000; ++i) {
        ASSERT_TRUE(healthy.hasRoomBeside(0));
        healthy.sent(16 * 1024);
        healthy.acknowledged(16 * 1024);
    }
}

TEST(ClientAccount, IsPlentifulAgainWhenOthersHaveAcknowledged) {
    ConnectionAccount connection;
    const ClientLimits limits;
    std::deque<std::pair<ClientAccount, std::size_t>> others;
    for (int i = 0; i < 10; ++i) {
        auto& [account, bytes] = others.emplace_back(ClientAccount(connection, limits), 0);
        bytes = fill(account);
    }
    ClientAccount client(connection, limits);
    const std::size_t whenScarce = fill(client);
    EXPECT_EQ(whenScarce, ClientAccount::ScarceBytes);
    for (auto& [account, bytes] : others) account.acknowledged(bytes);
    EXPECT_EQ(whenScarce + fill(client), limits.unacknowledgedBytes);
}

TEST(ClientAccount, FollowsItsLimitWhenThatChanges) {
    ConnectionAccount connection;
    ClientLimits limits;
    ClientAccount client(connection, limits);
    limits.unacknowledgedBytes = 128 * 1024;
    EXPECT_EQ(fill(client), 128U * 1024);
    limits.unacknowledgedBytes = 192 * 1024;
    EXPECT_EQ(fill(client), 64U * 1024);
    limits.unacknowledgedBytes = 64 * 1024;
    EXPECT_FALSE(client.hasRoomBeside(0));
}

TEST(ClientAccount, BoundsTheCallsThatWait) {
    ConnectionAccount connection;
    const ClientLimits limits;
    ClientAccount client(connection, limits);
    for (std::size_t i = 0; i < limits.calls; ++i) client.beginCall();
    EXPECT_THROW(client.beginCall(), BusError);
    client.endCall();
    EXPECT_NO_THROW(client.beginCall());
}

} // namespace
} // namespace keventd::test
