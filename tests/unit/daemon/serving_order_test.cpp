// In which order those are served that may have to be sent something.

#include "daemon/publish/serving_order.h"

#include <deque>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <vector>

namespace keventd::test {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

class ServingOrderTest : public testing::Test {
protected:
    using Numbers = std::vector<std::uint32_t>;

    /// @return its number: 1, 2, …
    Subscription& add(uid_t user) {
        const auto number = static_cast<std::uint32_t>(subscriptions_.size() + 1);
        Subscription& made = subscriptions_.emplace_back(number, Peer{}, accountOf(user), Filter{}, 1, 1024);
        order_.insert(made);
        return made;
    }
    [[nodiscard]] Numbers restOfRound() {
        Numbers numbers;
        while (order_.isInRound()) numbers.push_back(order_.next().number());
        return numbers;
    }
    [[nodiscard]] Numbers round() {
        order_.beginRound();
        return restOfRound();
    }

    ServingOrder order_;

private:
    ClientAccount& accountOf(uid_t user) {
        return accounts_.try_emplace(user, connection_, users_[user], limits_, Identity{user, {}}, access_)
            .first->second;
    }

    ConnectionAccount connection_;
    Limits limits_;
    AdminAccess access_;
    std::map<uid_t, UserAccount> users_;
    std::map<uid_t, ClientAccount> accounts_;
    std::deque<Subscription> subscriptions_;
};

TEST_F(ServingOrderTest, GivesEverybodyOneTurnInARound) {
    for (const uid_t user : {1000U, 1000U, 1001U, 1000U}) add(user);
    EXPECT_THAT(round(), UnorderedElementsAre(1, 2, 3, 4));
    EXPECT_THAT(round(), UnorderedElementsAre(1, 2, 3, 4));
}

TEST_F(ServingOrderTest, ServesUsersInTurns) {
    for (int i = 0; i < 100; ++i) add(1000);
    const std::uint32_t other = add(1001).number();
    order_.beginRound();
    const Numbers firstTwo{order_.next().number(), order_.next().number()};
    EXPECT_THAT(firstTwo, testing::Contains(other));
}

// Who does not come to an end of a round, since new events come, still serves everybody.
TEST_F(ServingOrderTest, GoesOnBehindTheLastOfARoundThatWasBrokenOff) {
    for (int i = 0; i < 5; ++i) add(1000);
    Numbers served;
    for (int i = 0; i < 5; ++i) {
        order_.beginRound();
        served.push_back(order_.next().number());
    }
    EXPECT_THAT(served, UnorderedElementsAre(1, 2, 3, 4, 5));
}

TEST_F(ServingOrderTest, BeginsEachRoundWithAnother) {
    for (int i = 0; i < 3; ++i) add(1000);
    Numbers first;
    for (int i = 0; i < 3; ++i) first.push_back(round().front());
    EXPECT_THAT(first, UnorderedElementsAre(1, 2, 3));
}

TEST_F(ServingOrderTest, LeavesOutWhoHasGone) {
    Subscription& gone = add(1000);
    add(1000);
    Subscription& alone = add(1001);
    order_.beginRound();
    order_.erase(gone);
    order_.erase(alone);
    order_.erase(alone);
    EXPECT_THAT(restOfRound(), ElementsAre(2));
    EXPECT_THAT(round(), ElementsAre(2));
}

TEST_F(ServingOrderTest, HasNoRoundWhileNobodyIsThere) {
    order_.erase(add(1000));
    order_.beginRound();
    EXPECT_FALSE(order_.isInRound());
}

} // namespace
} // namespace keventd::test
