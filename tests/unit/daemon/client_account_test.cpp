// What a client may take, alone and beside others of its connection and of its user.

#include "daemon/publish/client_account.h"

#include "daemon/publish/bus_error.h"
#include "keventd/names.h"

#include <deque>
#include <gmock/gmock.h>
#include <map>
#include <string>
#include <utility>

namespace keventd::test {
namespace {

constexpr std::size_t MiB = 1024 * 1024;

class ClientAccountTest : public testing::Test {
protected:
    /// Another client on the same connection.
    ClientAccount& client(uid_t uid) { return add(users_[uid], {uid, {}}); }
    ClientAccount& memberOf(gid_t group) { return add(users_[1000], {1000, {100, group}}); }

    /// Sends as much as it may, and never acknowledges.
    static std::size_t fill(ClientAccount& client) {
        constexpr std::size_t batch = 16 * 1024;
        std::size_t sent = 0;
        for (; client.hasRoomBeside(0); sent += batch) client.sent(batch);
        return sent;
    }
    /// @return what the limit is called that is in the way; empty if there is none
    template <typename Function>
    static std::string refusalOf(Function&& function) {
        try {
            function();
            return "";
        } catch (const BusError& error) {
            EXPECT_STREQ(error.name(), names::error::LimitExceeded);
            return error.what();
        }
    }

    Limits limits_;
    AdminAccess access_;
    ConnectionAccount connection_;

private:
    ClientAccount& add(UserAccount& user, Identity identity) {
        return clients_.emplace_back(connection_, user, limits_, std::move(identity), access_);
    }

    std::map<uid_t, UserAccount> users_;
    std::deque<ClientAccount> clients_;
};

TEST_F(ClientAccountTest, BoundsWhatOneClientHasUnacknowledged) {
    ClientAccount& one = client(1000);
    EXPECT_EQ(fill(one), limits_.client.unacknowledgedBytes);
    EXPECT_FALSE(one.hasRoomBeside(0));
    one.acknowledged(limits_.client.unacknowledgedBytes);
    EXPECT_TRUE(one.hasRoomBeside(0));
}

TEST_F(ClientAccountTest, LeavesRoomForOneThatAcknowledgesHoweverManyDoNot) {
    for (uid_t uid = 1; uid <= 1'000; ++uid) fill(client(uid));
    EXPECT_LT(connection_.unacknowledgedBytes, 127 * MiB) << "max_incoming_bytes of dbus-daemon";
    ClientAccount& healthy = client(5'000);
    for (int i = 0; i < 1'000; ++i) {
        ASSERT_TRUE(healthy.hasRoomBeside(0));
        healthy.sent(16 * 1024);
        healthy.acknowledged(16 * 1024);
    }
}

TEST_F(ClientAccountTest, IsPlentifulAgainWhenOthersHaveAcknowledged) {
    std::deque<std::pair<ClientAccount*, std::size_t>> others;
    for (uid_t uid = 1; uid <= 10; ++uid) {
        ClientAccount& other = client(uid);
        others.emplace_back(&other, fill(other));
    }
    ClientAccount& one = client(1000);
    const std::size_t whenScarce = fill(one);
    EXPECT_EQ(whenScarce, ClientAccount::ScarceBytes);
    for (const auto& [account, bytes] : others) account->acknowledged(bytes);
    EXPECT_EQ(whenScarce + fill(one), limits_.client.unacknowledgedBytes);
}

TEST_F(ClientAccountTest, GivesLittleToAUserWhoseOtherClientsHaveMuchAndNobodyElse) {
    limits_.user.unacknowledgedBytes = 8 * MiB;
    fill(client(1000));
    fill(client(1000));
    EXPECT_EQ(fill(client(1000)), ClientAccount::ScarceBytes);
    EXPECT_EQ(fill(client(1001)), limits_.client.unacknowledgedBytes);
}

TEST_F(ClientAccountTest, FollowsItsLimitWhenThatChanges) {
    ClientAccount& one = client(1000);
    limits_.client.unacknowledgedBytes = 128 * 1024;
    EXPECT_EQ(fill(one), 128U * 1024);
    limits_.client.unacknowledgedBytes = 192 * 1024;
    EXPECT_EQ(fill(one), 64U * 1024);
    limits_.client.unacknowledgedBytes = 64 * 1024;
    EXPECT_FALSE(one.hasRoomBeside(0));
}

TEST_F(ClientAccountTest, BoundsTheCallsThatWaitOfAClient) {
    ClientAccount& one = client(1000);
    for (std::size_t i = 0; i < limits_.client.calls; ++i) one.beginCall();
    EXPECT_THAT(refusalOf([&] { one.beginCall(); }), testing::HasSubstr("limits.client.calls"));
    one.endCall();
    EXPECT_EQ(refusalOf([&] { one.beginCall(); }), "");
}

TEST_F(ClientAccountTest, BoundsTheCallsThatWaitOfAUser) {
    limits_.user.calls = 3;
    for (int i = 0; i < 3; ++i) client(1000).beginCall();
    EXPECT_THAT(refusalOf([&] { client(1000).beginCall(); }), testing::HasSubstr("limits.user.calls"));
    EXPECT_EQ(refusalOf([&] { client(1001).beginCall(); }), "");
}

TEST_F(ClientAccountTest, GivesBackTheCallsOfOneThatHasGone) {
    UserAccount user;
    limits_.user.calls = 1;
    {
        ClientAccount gone(connection_, user, limits_, {1000, {}}, access_);
        gone.beginCall();
    }
    ClientAccount next(connection_, user, limits_, {1000, {}}, access_);
    EXPECT_EQ(refusalOf([&] { next.beginCall(); }), "");
    EXPECT_EQ(user.clients, 1U);
}

TEST_F(ClientAccountTest, BoundsTheSubscriptionsOfAUser) {
    limits_.user.subscriptions = 2;
    client(1000).addSubscription(0);
    ClientAccount& second = client(1000);
    second.addSubscription(0);
    EXPECT_THAT(refusalOf([&] { client(1000).addSubscription(0); }),
                testing::HasSubstr("limits.user.subscriptions"));
    EXPECT_EQ(refusalOf([&] { client(1001).addSubscription(0); }), "");
    second.removeSubscription(0);
    EXPECT_EQ(refusalOf([&] { client(1000).addSubscription(0); }), "");
}

TEST_F(ClientAccountTest, BoundsTheFiltersOfAUser) {
    limits_.user.filterBytes = 100;
    client(1000).addSubscription(60);
    EXPECT_THAT(refusalOf([&] { client(1000).addSubscription(50); }),
                testing::HasSubstr("limits.user.filter_bytes"));
    EXPECT_EQ(refusalOf([&] { client(1000).addSubscription(40); }), "");
}

TEST_F(ClientAccountTest, BoundsTheWatchesOfAClient) {
    ClientAccount& one = client(1000);
    for (std::size_t i = 0; i < limits_.client.watches; ++i) one.addWatch();
    EXPECT_THAT(refusalOf([&] { one.addWatch(); }), testing::HasSubstr("limits.client.watches"));
    one.removeWatch();
    EXPECT_EQ(refusalOf([&] { one.addWatch(); }), "");
}

TEST_F(ClientAccountTest, BoundsTheWatchesOfAUser) {
    limits_.user.watches = 2;
    client(1000).addWatch();
    ClientAccount& second = client(1000);
    second.addWatch();
    EXPECT_THAT(refusalOf([&] { client(1000).addWatch(); }), testing::HasSubstr("limits.user.watches"));
    EXPECT_EQ(refusalOf([&] { client(1001).addWatch(); }), "");
    second.removeWatch();
    EXPECT_EQ(refusalOf([&] { client(1000).addWatch(); }), "");
}

TEST_F(ClientAccountTest, BindsRootByNoLimitOfAUser) {
    limits_.user = {.connections = 1,
                    .subscriptions = 0,
                    .calls = 0,
                    .unacknowledgedBytes = 0,
                    .filterBytes = 0,
                    .watches = 0};
    ClientAccount& root = client(0);
    EXPECT_EQ(refusalOf([&] {
                  root.addSubscription(1000);
                  root.beginCall();
                  root.addWatch();
              }),
              "");
    EXPECT_EQ(fill(root), limits_.client.unacknowledgedBytes);
}

TEST_F(ClientAccountTest, ShowsWhatIsNotPublicToRootAndToAConfiguredGroup) {
    EXPECT_TRUE(client(0).seesAdmin());
    ClientAccount& member = memberOf(4);
    EXPECT_FALSE(member.seesAdmin());
    access_.group = 4;
    EXPECT_TRUE(member.seesAdmin());
    EXPECT_FALSE(memberOf(5).seesAdmin());
}

} // namespace
} // namespace keventd::test
