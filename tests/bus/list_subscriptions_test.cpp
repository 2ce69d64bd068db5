// Who listens, as ListSubscriptions tells it.

#include "keventd/names.h"
#include "tests/bus/bus_test.h"
#include "tests/support/effective_user.h"
#include "tests/support/temporary_directory.h"

#include <algorithm>
#include <deque>
#include <fstream>
#include <gmock/gmock.h>
#include <unistd.h>

namespace keventd::test {
namespace {

namespace key = names::subscription;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

/// One of the answer, by key.
struct Listed {
    std::map<std::string, std::string> texts;
    std::map<std::string, std::uint64_t> numbers;

    [[nodiscard]] std::uint32_t number() const { return static_cast<std::uint32_t>(numbers.at(key::Number)); }
};

void readValue(sd_bus_message* reply, const std::string& name, Listed& listed) {
    const char* type = nullptr;
    checkBus(sd_bus_message_peek_type(reply, nullptr, &type), "read type");
    const char* text = nullptr;
    std::uint32_t small = 0;
    switch (*type) {
    case 's':
        checkBus(sd_bus_message_read(reply, "v", "s", &text), "read text");
        listed.texts[name] = text;
        break;
    case 'u':
        checkBus(sd_bus_message_read(reply, "v", "u", &small), "read number");
        listed.numbers[name] = small;
        break;
    default:
        checkBus(sd_bus_message_read(reply, "v", "t", &listed.numbers[name]), "read number");
    }
}

Listed readListed(sd_bus_message* reply) {
    Listed listed;
    while (checkBus(sd_bus_message_enter_container(reply, 'e', "sv"), "read entry") > 0) {
        const char* name = nullptr;
        checkBus(sd_bus_message_read(reply, "s", &name), "read key");
        readValue(reply, name, listed);
        checkBus(sd_bus_message_exit_container(reply), "read entry");
    }
    return listed;
}

std::vector<Listed> listSubscriptions(const BusClient& client) {
    const BusMessageHandle reply = client.send(client.newCall(names::method::ListSubscriptions));
    checkBus(sd_bus_message_enter_container(reply.get(), 'a', "a{sv}"), "read answer");
    std::vector<Listed> all;
    while (checkBus(sd_bus_message_enter_container(reply.get(), 'a', "{sv}"), "read subscription") > 0) {
        all.push_back(readListed(reply.get()));
        checkBus(sd_bus_message_exit_container(reply.get()), "read subscription");
    }
    return all;
}

std::vector<std::uint32_t> numbersOf(const std::vector<Listed>& all) {
    std::vector<std::uint32_t> numbers;
    for (const Listed& listed : all) numbers.push_back(listed.number());
    return numbers;
}

class ListSubscriptions : public BusEventTest {
protected:
    ListSubscriptions() : BusEventTest({"--history=256K"}) {}

    [[nodiscard]] Listed onlyOne() const {
        const auto all = listSubscriptions(connect());
        EXPECT_EQ(all.size(), 1U);
        return all.empty() ? Listed{} : all.front();
    }
    /// Asks again until the only one is in this state.
    [[nodiscard]] bool isOnce(const std::string& state) const {
        return eventually([&] { return onlyOne().texts[key::State] == state; });
    }
};

TEST_P(ListSubscriptions, IsEmptyWhileNobodySubscribes) {
    EXPECT_THAT(listSubscriptions(connect()), IsEmpty());
}

TEST_P(ListSubscriptions, NamesOwnerUserAndFilter) {
    Wanted wanted;
    wanted.filters = {{names::option::Subsystems, {"mem", "block*"}}, {names::option::Properties, {"A=1,2"}}};
    wanted.window = 7;
    Subscriber subscriber = subscribe(wanted);
    const char* owner = "";
    if (!isPrivate()) checkBus(sd_bus_get_unique_name(subscriber.client().get(), &owner), "get own name");
    const Listed listed = onlyOne();
    EXPECT_EQ(listed.number(), subscriber.number());
    EXPECT_EQ(listed.texts.at(key::Owner), owner);
    EXPECT_EQ(listed.numbers.at(key::Uid), geteuid());
    EXPECT_EQ(listed.texts.at(key::Filter), R"(subsystem=mem,block* A=1\,2)");
    EXPECT_EQ(listed.numbers.at(key::Window), 7U);
}

TEST_P(ListSubscriptions, ShowsOneThatHasTakenAllAsleep) {
    Subscriber subscriber = subscribe(uevents_.wanted());
    uevents_.writeMany(3);
    ASSERT_TRUE(waitForEvents(subscriber, 3));
    const auto hasReachedTheEnd = [this] { // somebody else's event may just have come
        const Listed listed = onlyOne();
        return listed.texts.at(key::State) == "asleep" && listed.numbers.at(key::Lag) == 0;
    };
    EXPECT_TRUE(eventually(hasReachedTheEnd));
    EXPECT_EQ(onlyOne().numbers.at(key::Lost), 0U);
}

TEST_P(ListSubscriptions, ShowsHowFarOneIsBehindThatDoesNotAcknowledge) {
    Wanted wanted = uevents_.wanted();
    wanted.window = 2;
    Subscriber subscriber = subscribe(wanted);
    subscriber.setAcknowledging(false);
    uevents_.writeMany(10);
    takeAllSent(subscriber);
    ASSERT_TRUE(isOnce("full"));
    const Listed listed = onlyOne();
    EXPECT_EQ(listed.numbers.at(key::Unacknowledged), 2U);
    EXPECT_GT(listed.numbers.at(key::UnacknowledgedBytes), 0U);
    EXPECT_GE(listed.numbers.at(key::Lag), 8U);
    const std::uint64_t end = listed.numbers.at(key::Next) + listed.numbers.at(key::Lag);
    EXPECT_LE(end, connect().number(names::property::LastId) + 1);
}

TEST_P(ListSubscriptions, CountsWhatOneHasLost) {
    Wanted wanted; // of everything
    wanted.window = 16;
    Subscriber subscriber = subscribe(wanted);
    subscriber.setAcknowledging(false);
    uevents_.writeMany(5'000); // more than the history holds
    takeAllSent(subscriber);
    subscriber.setAcknowledging(true);
    subscriber.acknowledge(subscriber.events().back().id);
    ASSERT_TRUE(waitForEverything(subscriber));
    std::uint64_t lost = 0;
    for (const auto& [from, to] : subscriber.lost()) lost += to - from + 1;
    EXPECT_GT(lost, 0U);
    EXPECT_EQ(onlyOne().numbers.at(key::Lost), lost);
}

TEST_P(ListSubscriptions, EndsWithTheirOwners) {
    {
        Subscriber subscriber = subscribe();
        EXPECT_THAT(numbersOf(listSubscriptions(connect())), ElementsAre(subscriber.number()));
    }
    EXPECT_TRUE(eventually([this] { return listSubscriptions(connect()).empty(); }));
}

INSTANTIATE_TEST_SUITE_P(, ListSubscriptions, AllRoads, NameOfRoad());

// A broker would read for it.
class ListSubscriptionsPrivately : public ListSubscriptions {};

TEST_P(ListSubscriptionsPrivately, ShowsOneThatDoesNotReadAsBlocked) {
    Wanted wanted = uevents_.wanted();
    wanted.window = 65'536;
    Subscriber subscriber = subscribe(wanted);
    uevents_.setPadding(1'500);
    const auto acknowledgesUnread = [&] { // until its socket is full, which may hold many MiB
        uevents_.writeMany(1'000);
        subscriber.acknowledge(connect().sync() - 1);
        return onlyOne().texts[key::State] == "blocked";
    };
    EXPECT_TRUE(eventually(acknowledgesUnread));
}

INSTANTIATE_TEST_SUITE_P(, ListSubscriptionsPrivately, testing::Values(Road::PrivateSocket), NameOfRoad());

class ListSubscriptionsOfOthers : public BusTest {
protected:
    void SetUp() override {
        if (geteuid() != 0) GTEST_SKIP() << "needs root, to be somebody else for a while";
        BusTest::SetUp();
    }
    void adjust(DaemonOptions& options) override {
        options.config = directory_.file("keventd.toml");
        std::ofstream(options.config) << "access.admin_group = '" << adminGroup_ << "'\n";
    }
    [[nodiscard]] Subscriber subscribeAs(uid_t user) const {
        const EffectiveUser somebody(user);
        return subscribe();
    }
    [[nodiscard]] std::vector<std::uint32_t> listedTo(uid_t user) const {
        const EffectiveUser somebody(user);
        return numbersOf(listSubscriptions(connect()));
    }
    std::string adminGroup_;

private:
    TemporaryDirectory directory_;
};

TEST_P(ListSubscriptionsOfOthers, ShowsAllToRootAndTheirOwnToOthers) {
    const Subscriber roots = subscribeAs(0);
    const Subscriber nobodys = subscribeAs(Nobody);
    EXPECT_THAT(listedTo(0), UnorderedElementsAre(roots.number(), nobodys.number()));
    EXPECT_THAT(listedTo(Nobody), ElementsAre(nobodys.number()));
}

INSTANTIATE_TEST_SUITE_P(, ListSubscriptionsOfOthers, AllRoads, NameOfRoad());

// Whoever changes only the effective user keeps the groups of root.
class ListSubscriptionsOfAllToTheGroup : public ListSubscriptionsOfOthers {
protected:
    ListSubscriptionsOfAllToTheGroup() { adminGroup_ = "0"; }
};

TEST_P(ListSubscriptionsOfAllToTheGroup, ShowsThem) {
    const Subscriber roots = subscribeAs(0);
    EXPECT_THAT(listedTo(Nobody), ElementsAre(roots.number()));
}

INSTANTIATE_TEST_SUITE_P(, ListSubscriptionsOfAllToTheGroup, AllRoads, NameOfRoad());

class ManySubscriptions : public ListSubscriptionsOfOthers {};

// Three clients of root with a thousand filters each, of 8 KiB: more than an answer may have.
TEST_P(ManySubscriptions, AreListedAsFarAsTheyFit) {
    constexpr std::size_t mostBytes = 16U << 20U;
    constexpr std::size_t filterBytes = 8'000;
    Wanted wide;
    wide.filters[names::option::Objects] = {std::string(filterBytes, 'x')};
    std::deque<BusClient> clients;
    for (int i = 0; i < 3; ++i) {
        clients.emplace_back(connect());
        for (int j = 0; j < 1'000; ++j) ASSERT_EQ(clients.back().trySubscribe(wide), "");
    }
    const auto listed = numbersOf(listSubscriptions(connect()));
    EXPECT_GT(listed.size(), mostBytes / (filterBytes + 1'000));
    EXPECT_LT(listed.size(), mostBytes / filterBytes);
    EXPECT_TRUE(std::is_sorted(listed.begin(), listed.end()));
}

INSTANTIATE_TEST_SUITE_P(, ManySubscriptions, testing::Values(Road::PrivateSocket), NameOfRoad());

} // namespace
} // namespace keventd::test
