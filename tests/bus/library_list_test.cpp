// libkeventd: the devices that are there, then what happens to them.

#include "keventd/client.h"
#include "tests/bus/library_test.h"
#include "tests/support/net_devices.h"

#include <gmock/gmock.h>
#include <map>
#include <set>
#include <stdexcept>
#include <stop_token>
#include <thread>

namespace keventd::test {
namespace {

using testing::Contains;
using testing::ElementsAre;

bool isPresent(const Event& event) {
    return (event.flags & Present) != 0;
}

std::string nameOf(const Event& event) {
    return event.object.substr(event.object.rfind('/') + 1);
}

/// Gives a device another name and its own again, as fast as that goes, without waiting for anybody.
class Renamer {
public:
    Renamer(const std::string& name, const std::string& other)
        : thread_([name, other](const std::stop_token& stop) {
              NetDevices devices;
              while (!stop.stop_requested()) {
                  devices.rename(name, other);
                  devices.rename(other, name);
              }
          }) {}

private:
    std::jthread thread_;
};

class LibraryList : public LibraryTest {
protected:
    /// The net devices of this test, which are named "kevl…".
    [[nodiscard]] SubscriptionOptions netDevices() const {
        SubscriptionOptions options;
        options.endpoint = endpoint();
        options.filter.subsystems = {"net"};
        options.filter.objects = {"*/net/kevl*"};
        options.list = true;
        return options;
    }
    void TearDown() override {
        while (!pairs_.empty()) remove(*pairs_.begin());
    }
    void create(const std::string& name) {
        devices_.createVeth(name, name + "p");
        pairs_.insert(name);
    }
    void remove(const std::string& name) {
        const auto pair = pairs_.extract(name);
        devices_.remove(pair.value());
    }
    /// The daemon knows of it when this returns.
    void createAndSync(const std::string& name) {
        create(name);
        BusClient(daemon().address()).sync();
    }
    [[nodiscard]] bool waitUntilListed(std::size_t times = 1) {
        return user_.waitUntil([this, times] { return user_.timesTold("listed") >= times; });
    }
    /// @return what was told of each device, in order, by its name
    [[nodiscard]] std::map<std::string, std::string> lives() const {
        std::map<std::string, std::string> lives;
        for (const Event& event : user_.events()) {
            lives[nameOf(event)] += (isPresent(event) ? "present" : event.action) + " ";
        }
        return lives;
    }

private:
    NetDevices devices_;
    std::set<std::string> pairs_; // that exist
};

TEST_P(LibraryList, ComesBeforeTheEvents) {
    createAndSync("kevl1");
    user_.subscribe(netDevices());
    EXPECT_TRUE(user_.events().empty()) << "before dispatch()";
    ASSERT_TRUE(waitUntilListed());
    EXPECT_EQ(user_.events().size(), 2U);
    remove("kevl1");
    ASSERT_TRUE(user_.waitForEvents(4));
    const std::string life = "present remove ";
    EXPECT_THAT(lives(), ElementsAre(std::pair("kevl1", life), std::pair("kevl1p", life)));
}

TEST_P(LibraryList, HasNoGapAndNoRepeatBesideTheEvents) {
    for (int round = 0; round < 30; ++round) {
        const std::string name = "kevl" + std::to_string(round);
        create(name); // seen by the daemon before the list, or after it
        user_.subscribe(netDevices());
        remove(name);
        ASSERT_TRUE(user_.waitUntil([&] { return lives()[name].ends_with("remove "); }));
        ASSERT_TRUE(user_.waitUntil([&] { return lives()[name + "p"].ends_with("remove "); }));
    }
    for (const auto& [name, life] : lives()) {
        EXPECT_TRUE(life == "present remove " || life == "add remove ") << name << ": " << life;
    }
    EXPECT_EQ(lives().size(), 60U);
}

// What happens between the list and the subscription is in neither's time.
TEST_P(LibraryList, IsFollowedByTheVeryNextEvent) {
    createAndSync("kevl0");
    SubscriptionOptions either = netDevices();
    either.filter.objects = {"*/net/kevl[01]"};
    const Renamer renamer("kevl0", "kevl1");
    for (int round = 0; round < 50; ++round) {
        user_.subscribe(either);
        const std::size_t first = user_.events().size();
        ASSERT_TRUE(user_.waitForEvents(first + 10));
        EXPECT_TRUE(isPresent(user_.events()[first]));
        for (std::size_t i = first + 1; i < first + 10; ++i) {
            ASSERT_EQ(user_.events()[i].action, "move");
            ASSERT_NE(nameOf(user_.events()[i]), nameOf(user_.events()[i - 1])) << i - first << ". event";
        }
    }
}

TEST_P(LibraryList, ComesAnewWithANewStream) {
    SubscriptionOptions null;
    null.endpoint = endpoint();
    null.filter.objects = {objectOf("null")};
    null.list = true;
    user_.subscribe(null);
    ASSERT_TRUE(waitUntilListed());
    daemon().kill();
    ASSERT_TRUE(user_.waitUntil([this] { return user_.timesTold("disconnected") == 1; }));
    forgetStream();
    startDaemon();
    ASSERT_TRUE(waitUntilListed(2));
    EXPECT_THAT(user_.told(), ElementsAre("listed", "disconnected", "resumed", "changed", "listed"));
    EXPECT_EQ(std::count_if(user_.events().begin(), user_.events().end(), isPresent), 2);
}

TEST_P(LibraryList, LeavesOutWhatADeviceDoesNotHave) {
    SubscriptionOptions removals = netDevices();
    removals.filter.actions = {"remove"};
    removals.filter.sources = {"kernel"};
    createAndSync("kevl1");
    user_.subscribe(removals);
    createAndSync("kevl2");
    remove("kevl2");
    ASSERT_TRUE(user_.waitForEvents(4));
    EXPECT_EQ(lives()["kevl1"], "present ");
    EXPECT_EQ(lives()["kevl2"], "remove ");
}

TEST_P(LibraryList, HandsOverTheOtherDevicesWhenAHandlerThrows) {
    createAndSync("kevl1");
    user_.subscribe(netDevices());
    user_.setAction([](const Event&) { throw std::runtime_error("as it wants"); });
    EXPECT_THROW(static_cast<void>(waitUntilListed()), std::runtime_error);
    EXPECT_THROW(static_cast<void>(waitUntilListed()), std::runtime_error);
    ASSERT_TRUE(waitUntilListed());
    EXPECT_EQ(lives().size(), 2U);
    EXPECT_EQ(user_.events().size(), 2U);
}

TEST_P(LibraryList, CanBeAskedForAlone) {
    createAndSync("kevl1");
    Client client(endpoint());
    EventFilter filter = netDevices().filter;
    filter.actions = {"remove"};
    const client::DeviceList list = client.listDevices(filter);
    ASSERT_EQ(list.devices.size(), 2U);
    for (const Event& device : list.devices) {
        EXPECT_TRUE(isPresent(device));
        EXPECT_EQ(device.subsystem, "net");
    }
    const DaemonStatus status = client.status();
    EXPECT_EQ(list.stream, status.stream);
    EXPECT_LE(list.next, status.last + 1);
}

INSTANTIATE_TEST_SUITE_P(, LibraryList, AllRoads, NameOfRoad());

} // namespace
} // namespace keventd::test
