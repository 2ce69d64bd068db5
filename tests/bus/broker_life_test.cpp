// The daemon and a bus that comes late, is deaf, dies, comes back, or has somebody else under the daemon's
// name. The private socket is served throughout.

#include "daemon/base/message_ids.h"
#include "keventd/names.h"
#include "tests/bus/bus_test.h"
#include "tests/bus/hostile_client.h"
#include "tests/support/journal_socket.h"
#include "tests/support/unix_socket.h"

#include <poll.h>
#include <set>
#include <sys/socket.h>
#include <utility>

namespace keventd::test {
namespace {

class BrokerLife : public testing::TestWithParam<Road> {
protected:
    void SetUp() override {
        if (!isInstalled(GetParam())) GTEST_SKIP() << nameOf(GetParam()) << " is not installed";
        if (const std::string reason = TaggedUevents::whyImpossible(); !reason.empty())
            GTEST_SKIP() << reason;
        broker_ = makeBroker(GetParam());
    }

    [[nodiscard]] Broker& broker() { return *broker_; }
    [[nodiscard]] DaemonProcess& daemon() { return *daemon_; }
    void startDaemon() { startDaemon(broker_->address()); }
    void startDaemon(const std::string& bus, DaemonOptions options = {}) {
        options.bus = bus;
        daemon_.emplace(std::move(options));
    }

    [[nodiscard]] bool isServedOnTheBus() {
        return waitForName(broker_->address()) && waitForName(broker_->address(), names::EventsBus) &&
               servesOn(broker_->address(), Via::Broker);
    }
    [[nodiscard]] bool isServedPrivately() { return servesOn(daemon_->address(), Via::Private); }

private:
    /// A subscriber there gets a new event.
    [[nodiscard]] bool servesOn(const std::string& address, Via via) {
        Subscriber subscriber(address, uevents_.wanted(), via);
        uevents_.write();
        return waitForEvents(subscriber, 1);
    }

    TaggedUevents uevents_;
    std::unique_ptr<Broker> broker_;
    std::optional<DaemonProcess> daemon_;
};

TEST_P(BrokerLife, PrivateSocketIsServedWithoutABus) {
    startDaemon();
    EXPECT_TRUE(isServedPrivately());
}

TEST_P(BrokerLife, BusIsJoinedWhenItAppears) {
    startDaemon();
    ASSERT_TRUE(isServedPrivately());
    broker().start();
    EXPECT_TRUE(isServedOnTheBus()) << daemon().log();
}

// Between bind(2) and listen(2) its socket is there, and refuses connections.
TEST_P(BrokerLife, BusIsTriedAgainWhenItIsNotYetListening) {
    startDaemon();
    const UniqueFd socket = bindAt(broker().socketPath());
    ASSERT_TRUE(isServedPrivately()); // it has seen the socket
    ASSERT_EQ(listen(socket.get(), 1), 0);
    pollfd connection{.fd = socket.get(), .events = POLLIN, .revents = 0};
    EXPECT_EQ(poll(&connection, 1, 10'000), 1) << daemon().log();
}

TEST_P(BrokerLife, BusIsJoinedWhenItsDirectoryAppears) {
    const TemporaryDirectory parent;
    const std::filesystem::path real(broker().socketPath());
    startDaemon("unix:path=" + parent.file("later") + "/" + real.filename().string());
    ASSERT_TRUE(isServedPrivately());
    broker().start();
    std::filesystem::create_directory_symlink(real.parent_path(), parent.file("later"));
    EXPECT_TRUE(isServedOnTheBus()) << daemon().log();
}

TEST_P(BrokerLife, PrivateSocketIsServedWhileTheBusIsDeaf) {
    const UniqueFd deaf = listenAt(broker().socketPath());
    startDaemon(); // returns when it is ready
    EXPECT_TRUE(isServedPrivately());
}

TEST_P(BrokerLife, BusIsJoinedThatTakesTheDeafOnesPlace) {
    UniqueFd deaf = listenAt(broker().socketPath());
    startDaemon();
    ASSERT_TRUE(isServedPrivately());
    unlink(broker().socketPath().c_str());
    broker().start();
    deaf.reset();
    EXPECT_TRUE(isServedOnTheBus()) << daemon().log();
}

TEST_P(BrokerLife, PrivateSocketIsServedWhenTheBusHasDied) {
    broker().start();
    startDaemon();
    ASSERT_TRUE(isServedOnTheBus());
    broker().kill();
    EXPECT_TRUE(isServedPrivately());
    EXPECT_TRUE(daemon().waitForLog("is gone"));
}

TEST_P(BrokerLife, EndOfTheBusIsFoundInTheJournal) {
    const JournalSocket journal;
    DaemonOptions options;
    journal.attach(options);
    broker().start();
    startDaemon(broker().address(), std::move(options));
    ASSERT_TRUE(isServedOnTheBus());
    broker().kill();
    std::set<std::string> names;
    for (int i = 0; i < 2; ++i) {
        JournalSocket::Entry entry = journal.waitForId(message_id::BusLost.digits);
        EXPECT_EQ(entry["KEVENTD_BUS"], broker().address());
        names.insert(entry["KEVENTD_NAME"]);
    }
    EXPECT_EQ(names, (std::set<std::string>{names::Bus, names::EventsBus}));
}

TEST_P(BrokerLife, BusIsJoinedAgainWhenItComesBack) {
    broker().start();
    startDaemon();
    ASSERT_TRUE(isServedOnTheBus());
    for (int round = 0; round < 3; ++round) {
        broker().kill();
        ASSERT_TRUE(isServedPrivately());
        broker().start();
        ASSERT_TRUE(isServedOnTheBus()) << daemon().log();
    }
}

TEST_P(BrokerLife, PrivateSubscriberMissesNothingWhileTheBusComesAndGoes) {
    broker().start();
    startDaemon();
    TaggedUevents uevents;
    Subscriber subscriber(daemon().address(), uevents.wanted());
    for (int round = 0; round < 3; ++round) {
        ASSERT_TRUE(isServedOnTheBus());
        uevents.writeMany(100);
        broker().kill();
        uevents.writeMany(100);
        broker().start();
    }
    ASSERT_TRUE(waitForEvents(subscriber, 600));
    EXPECT_EQ(numbersOf(subscriber, uevents), sequence(1, 600));
}

TEST_P(BrokerLife, NoDescriptorIsLeftOverByABusThatDied) {
    broker().start();
    startDaemon();
    ASSERT_TRUE(isServedOnTheBus());
    const std::size_t descriptors = descriptorsOf(daemon().pid());
    for (int round = 0; round < 5; ++round) {
        broker().kill();
        broker().start();
        ASSERT_TRUE(isServedOnTheBus()) << daemon().log();
    }
    EXPECT_LE(descriptorsOf(daemon().pid()),
              descriptors + 1); // the connection that asked may not have gone yet
}

// Takes the daemon's name on a bus, as long as it lives.
class Usurper {
public:
    explicit Usurper(const std::string& address) : client_(address, Via::Broker) {
        checkBus(sd_bus_request_name(client_.get(), names::Bus, 0), "take the name");
    }
    void release() { checkBus(sd_bus_release_name(client_.get(), names::Bus), "release the name"); }

private:
    BusClient client_;
};

TEST_P(BrokerLife, PrivateSocketIsServedWhenTheNameIsTaken) {
    broker().start();
    const Usurper usurper(broker().address());
    startDaemon();
    EXPECT_TRUE(isServedPrivately());
    EXPECT_TRUE(daemon().waitForLog("belongs to somebody else"));
}

TEST_P(BrokerLife, NameIsTakenOverWhenItsOwnerReleasesIt) {
    broker().start();
    Usurper usurper(broker().address());
    startDaemon();
    ASSERT_TRUE(daemon().waitForLog("belongs to somebody else"));
    usurper.release();
    EXPECT_TRUE(isServedOnTheBus()) << daemon().log();
}

TEST_P(BrokerLife, DaemonStopsWhileItWaitsForTheBus) {
    startDaemon();
    EXPECT_EQ(daemon().stop(), 0);
}

TEST_P(BrokerLife, DaemonStopsWhileTheBusIsDeaf) {
    const UniqueFd deaf = listenAt(broker().socketPath());
    startDaemon();
    EXPECT_EQ(daemon().stop(), 0);
}

TEST_P(BrokerLife, DaemonStopsWhileTheBusIsFrozen) {
    broker().start();
    startDaemon();
    ASSERT_TRUE(isServedOnTheBus());
    broker().freeze();
    EXPECT_EQ(daemon().stop(), 0);
}

TEST_P(BrokerLife, PrivateSubscriberMissesNothingWhileTheBusIsFrozen) {
    broker().start();
    startDaemon();
    ASSERT_TRUE(isServedOnTheBus());
    TaggedUevents uevents;
    const Subscriber onBus(broker().address(), uevents.wanted(), Via::Broker);
    Subscriber onSocket(daemon().address(), uevents.wanted());
    broker().freeze();
    uevents.writeMany(20'000);
    ASSERT_TRUE(waitForEvents(onSocket, 20'000));
    EXPECT_EQ(numbersOf(onSocket, uevents), sequence(1, 20'000));
}

INSTANTIATE_TEST_SUITE_P(, BrokerLife, BrokerRoads, NameOfRoad());

// At the start as later: what cannot be joined now may be there in a moment.
class UnreachableBus : public testing::TestWithParam<const char*> {};

TEST_P(UnreachableBus, DoesNotKeepTheDaemonFromItsWork) {
    DaemonOptions options;
    options.bus = GetParam();
    DaemonProcess daemon(std::move(options));
    EXPECT_TRUE(daemon.waitForLog("joining when it is there")) << daemon.log();
    EXPECT_NO_THROW(BusClient(daemon.address()).sync());
}

// Who listens there refuses at once, later than at once, or does not exist.
INSTANTIATE_TEST_SUITE_P(, UnreachableBus,
                         testing::Values("unix:abstract=/keventd/nobody/listens", "tcp:host=127.0.0.1,port=1",
                                         "unixexec:path=/nonexistent"));

TEST(BusWithAFullBacklog, DoesNotKeepTheDaemonFromItsWork) {
    const TemporaryDirectory directory;
    const UniqueFd deaf = listenAt(directory.file("bus"), 0);
    const std::vector<UniqueFd> waiting = fillBacklog(directory.file("bus"));
    DaemonOptions options;
    options.bus = "unix:path=" + directory.file("bus");
    DaemonProcess daemon(std::move(options));
    EXPECT_TRUE(daemon.waitForLog("joining when it is there")) << daemon.log();
}

TEST(BusThatRefusesTheName, IsServedWithoutIt) {
    if (!DbusDaemon::isInstalled()) GTEST_SKIP() << "dbus-daemon is not installed";
    DbusDaemon broker(DbusDaemon::Names::None);
    broker.start();
    DaemonOptions options;
    options.bus = broker.address();
    DaemonProcess daemon(std::move(options));
    EXPECT_TRUE(daemon.waitForLog("does not give the name org.keventd1")) << daemon.log();
    EXPECT_EQ(daemon.log().find("error: "), std::string::npos) << daemon.log();
}

TEST(BusAddress, ThatIsMalformedEndsTheDaemonWithALine) {
    const TemporaryDirectory directory;
    const Finished finished =
        run({DaemonProcess::binary(), "--socket=" + directory.file("bus"), "--bus=nonsense"});
    EXPECT_EQ(finished.status, 2);
    EXPECT_NE(finished.err.find("'nonsense'"), std::string::npos) << finished.err;
}

} // namespace
} // namespace keventd::test
