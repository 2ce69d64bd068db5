// libkeventd has attributes watched: by a Client, and by a Subscription in each of its connections.

#include "keventd/client.h"
#include "keventd/names.h"
#include "tests/bus/library_test.h"
#include "tests/support/net_devices.h"
#include "tests/support/virtual_terminals.h"

#include <gmock/gmock.h>

namespace keventd::test {
namespace {

using testing::ElementsAre;

const WatchedAttribute Active{VirtualTerminals::Object, VirtualTerminals::Attribute};
const WatchedAttribute Mtu{"/devices/virtual/net/watched", "mtu"};
const WatchedAttribute Missing{"/devices/virtual/mem/null", "nothing"};

/// @return the name of the error that it is refused with; empty if it is not
template <typename Function>
std::string refusalOf(Function&& function) {
    try {
        function();
        return "";
    } catch (const RequestError& error) {
        return error.name();
    }
}

class LibraryWatch : public LibraryTest {
protected:
    [[nodiscard]] SubscriptionOptions watching(const std::vector<WatchedAttribute>& watches) const {
        SubscriptionOptions options;
        options.endpoint = endpoint();
        options.filter.sources = {names::source::Attribute};
        options.watches = watches;
        return options;
    }
    [[nodiscard]] std::uint64_t watched() { return daemon().statistics().at("watched_attributes"); }
};

TEST_P(LibraryWatch, IsAskedForByAClient) {
    Client client(endpoint());
    client.watchAttribute({"/devices/virtual/mem/null", "dev"});
    EXPECT_EQ(watched(), 1U);
    client.unwatchAttribute({"/devices/virtual/mem/null", "dev"});
    EXPECT_EQ(watched(), 0U);
    EXPECT_EQ(refusalOf([&] { client.watchAttribute(Missing); }), names::error::NoSuchAttribute);
    EXPECT_EQ(refusalOf([&] { client.unwatchAttribute(Missing); }), names::error::NoSuchWatch);
    EXPECT_EQ(refusalOf([&] { client.watchAttribute({"/", ""}); }), names::error::NotAnAttribute);
}

TEST_P(LibraryWatch, ThatIsRefusedAtFirstIsThrown) {
    EXPECT_EQ(refusalOf([&] { user_.subscribe(watching({Missing})); }), names::error::NoSuchAttribute);
}

TEST_P(LibraryWatch, ThatIsRefusedIsToldToOneWhoWaitsForTheDaemon) {
    SubscriptionOptions options = watching({Missing, {"/devices/virtual/mem/null", "dev"}});
    options.waitForDaemon = true;
    user_.subscribe(options);
    ASSERT_TRUE(user_.waitUntil([this] { return user_.told().size() == 1; }));
    EXPECT_THAT(user_.told(), ElementsAre("unwatched nothing"));
    EXPECT_EQ(watched(), 1U) << "the other one";
    EXPECT_TRUE(user_.subscription().isConnected());
}

TEST_P(LibraryWatch, IsAskedForAgainWhenTheDaemonComesBack) {
    if (const std::string reason = VirtualTerminals::whyImpossible(); !reason.empty()) GTEST_SKIP() << reason;
    VirtualTerminals terminals;
    user_.subscribe(watching({Active}));
    for (std::size_t round = 1; round <= 3; ++round) {
        const std::string now = terminals.change();
        ASSERT_TRUE(user_.waitForEvents(round));
        EXPECT_EQ(user_.events().back().properties.find(names::key::Value), now);
        daemon().kill();
        startDaemon();
        ASSERT_TRUE(user_.waitUntil([this, round] { return user_.timesTold("resumed") == round; }));
        EXPECT_EQ(watched(), 1U);
    }
}

TEST_P(LibraryWatch, OfWhatHasGoneMeanwhileIsToldAndTriedAgain) {
    NetDevices devices;
    devices.createVeth("watched", "peer");
    user_.subscribe(watching({Mtu}));
    daemon().kill();
    devices.remove("watched");
    startDaemon();
    ASSERT_TRUE(user_.waitUntil([this] { return user_.timesTold("unwatched mtu") == 1; }));
    EXPECT_THAT(user_.told(), ElementsAre("disconnected", "resumed", "unwatched mtu"));
    daemon().kill();
    devices.createVeth("watched", "peer");
    startDaemon();
    ASSERT_TRUE(user_.waitUntil([this] { return user_.timesTold("resumed") == 2; }));
    EXPECT_EQ(watched(), 1U);
    devices.remove("watched");
}

INSTANTIATE_TEST_SUITE_P(, LibraryWatch, AllRoads, NameOfRoad());

} // namespace
} // namespace keventd::test
