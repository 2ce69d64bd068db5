// A subscriber that connects its handler before it calls Subscribe gets its first event, whatever its
// library.

#include "client/lib/sdbus_compat.h"
#include "keventd/client.h"
#include "keventd/names.h"
#include "tests/bus/bus_test.h"

#include <future>
#include <nlohmann/json.hpp>

namespace keventd::test {
namespace {

constexpr int Rounds = 10; // it is a race that must not be lost

// Of each test: one event is in the history, and a subscription since its id is answered at once.
class FirstEvent : public BusEventTest {
protected:
    void SetUp() override {
        BusEventTest::SetUp();
        if (IsSkipped()) return;
        uevents_.write();
        connect().sync();
    }

    [[nodiscard]] Wanted wantedFromStart() const {
        Wanted wanted = uevents_.wanted();
        wanted.since = 0;
        return wanted;
    }
};

TEST_P(FirstEvent, ReachesASubscriberOnRawSdBus) {
    for (int round = 0; round < Rounds; ++round) {
        Subscriber subscriber = subscribe(wantedFromStart());
        ASSERT_TRUE(waitForEvents(subscriber, 1)) << "round " << round;
        EXPECT_EQ(numbersOf(subscriber, uevents_), sequence(1, 1));
    }
}

TEST_P(FirstEvent, ReachesASubscriberWhenItHappensAfterSubscribe) {
    Subscriber subscriber = subscribe(uevents_.wanted());
    uevents_.write();
    ASSERT_TRUE(waitForEvents(subscriber, 1));
    EXPECT_EQ(numbersOf(subscriber, uevents_), sequence(2, 2));
}

TEST_P(FirstEvent, ReachesASubscriberOfTheClientLibrary) {
    const Endpoint endpoint = isPrivate() ? privateSocket(daemon().socketPath()) : busAt(address());
    for (int round = 0; round < Rounds; ++round) {
        Client client(endpoint);
        SubscribeOptions options;
        options.since = 0;
        options.filter.properties = {uevents_.term()};
        std::vector<std::uint64_t> numbers;
        const auto subscription =
            client.subscribe(options, {[&](const Event& event) { numbers.push_back(numberOf(event)); }, {}});
        const Deadline deadline;
        while (numbers.empty() && !deadline.expired())
            client.process(std::chrono::milliseconds(deadline.pollTimeout()));
        EXPECT_EQ(numbers, sequence(1, 1)) << "round " << round;
    }
}

// A subscriber as one writes it with sdbus-c++ alone, its event loop in a thread.
class SdbusSubscriber {
public:
    explicit SdbusSubscriber(const std::string& address)
        : connection_(sdbus::createSessionBusConnectionWithAddress(address)),
          proxy_(compat::createProxy(*connection_, names::Bus, names::Object)) {
        compat::onSignal(*proxy_, names::Manager, names::signal::Events,
                         [this](sdbus::Signal&) { onEvents(); });
        compat::finishRegistration(*proxy_);
        connection_->enterEventLoopAsync();
    }
    ~SdbusSubscriber() { connection_->leaveEventLoop(); }
    SdbusSubscriber(const SdbusSubscriber&) = delete;
    SdbusSubscriber& operator=(const SdbusSubscriber&) = delete;

    void subscribe(const std::string& term) {
        auto call = compat::createCall(*proxy_, names::Manager, names::method::Subscribe);
        call << std::map<std::string, sdbus::Variant>{
            {names::option::Since, sdbus::Variant(std::uint64_t{0})},
            {names::option::Properties, sdbus::Variant(std::vector<std::string>{term})}};
        static_cast<void>(proxy_->callMethod(call));
    }
    [[nodiscard]] bool waitForEvents() {
        return hasCome_.get_future().wait_for(Patience) == std::future_status::ready;
    }

private:
    void onEvents() {
        if (!std::exchange(seen_, true)) hasCome_.set_value();
    }

    std::promise<void> hasCome_;
    bool seen_ = false;
    std::unique_ptr<sdbus::IConnection> connection_;
    std::unique_ptr<sdbus::IProxy> proxy_;
};

TEST_P(FirstEvent, ReachesAProxyOfSdbusCpp) {
    for (int round = 0; round < Rounds; ++round) {
        SdbusSubscriber subscriber(address());
        subscriber.subscribe(uevents_.term());
        EXPECT_TRUE(subscriber.waitForEvents()) << "round " << round;
    }
}

INSTANTIATE_TEST_SUITE_P(, FirstEvent, AllRoadsAndGreeted, NameOfRoad());

// How GIO takes the connection: for a bus (Hello, names), or for a peer.
class FirstEventInGio : public FirstEvent {
protected:
    void SetUp() override {
        const Finished found = run({Python, "-c", "from gi.repository import Gio"});
        if (found.status != 0) GTEST_SKIP() << "needs python3-gi: " << found.err;
        FirstEvent::SetUp();
    }
    [[nodiscard]] Finished subscribeInGio(const std::vector<std::string>& options) const {
        std::vector<std::string> command{Python, GIO_SUBSCRIBER, "--property=" + uevents_.term(),
                                         "--timeout=" + std::to_string(Patience.count()), address()};
        command.insert(command.end(), options.begin(), options.end());
        return run(std::move(command));
    }
    void expectFirstEvent(const Finished& finished) const {
        ASSERT_EQ(finished.status, 0) << finished.err;
        const auto event = nlohmann::json::parse(finished.out);
        EXPECT_EQ(event["properties"]["SYNTH_ARG_N"], "1") << finished.out;
    }

    static constexpr const char* Python = "/usr/bin/python3"; // the one that Debian's python3-gi is for
};

TEST_P(FirstEventInGio, ReachesASubscriberOnABus) {
    expectFirstEvent(subscribeInGio({"--kind=bus"}));
}

TEST_P(FirstEventInGio, ReachesAProxyOnABus) {
    expectFirstEvent(subscribeInGio({"--kind=bus", "--proxy"}));
}

INSTANTIATE_TEST_SUITE_P(, FirstEventInGio,
                         testing::Values(Road::GreetedPrivateSocket, Road::DbusDaemon, Road::DbusBroker),
                         NameOfRoad());

class FirstEventInGioPeer : public FirstEventInGio {};

TEST_P(FirstEventInGioPeer, ReachesASubscriberThatSaysNoHello) {
    expectFirstEvent(subscribeInGio({"--kind=peer"}));
}

INSTANTIATE_TEST_SUITE_P(, FirstEventInGioPeer, testing::Values(Road::PrivateSocket), NameOfRoad());

} // namespace
} // namespace keventd::test
