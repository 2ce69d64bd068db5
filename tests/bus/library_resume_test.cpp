// libkeventd's Subscription while daemons, buses and connections go and come back.

#include "keventd/names.h"
#include "tests/bus/library_test.h"
#include "tests/support/stream_checks.h"

#include <cstdlib>
#include <gmock/gmock.h>
#include <set>
#include <sys/socket.h>
#include <sys/stat.h>

namespace keventd::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// @return the descriptors of this process that are sockets
std::set<int> sockets() {
    std::set<int> found;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        struct stat status {};
        const int fd = std::stoi(entry.path().filename());
        if (fstat(fd, &status) == 0 && S_ISSOCK(status.st_mode)) found.insert(fd);
    }
    return found;
}

class LibraryResume : public LibraryTest {
protected:
    using LibraryTest::LibraryTest;

    void subscribe(const SubscriptionOptions& options) {
        others_ = sockets();
        user_.subscribe(options);
    }
    /// Cuts the connection, while everybody lives.
    void cut() {
        for (const int fd : sockets()) {
            if (!others_.contains(fd)) shutdown(fd, SHUT_RDWR);
        }
    }
    [[nodiscard]] bool waitUntilResumed(std::size_t times) {
        return user_.waitUntil([this, times] { return user_.timesTold("resumed") >= times; });
    }

private:
    std::set<int> others_; // than the connection of the subscription
};

TEST_P(LibraryResume, GoesOnWhenItsConnectionHasBeenCut) {
    subscribe(options());
    for (std::size_t round = 1; round <= 3; ++round) {
        uevents_.writeMany(100);
        ASSERT_TRUE(user_.waitForEvents(200 * round - 150));
        cut();
        uevents_.writeMany(100);
        ASSERT_TRUE(waitUntilResumed(round));
    }
    ASSERT_TRUE(user_.waitForEvents(600));
    EXPECT_EQ(user_.numbers(), sequence(1, 600));
    EXPECT_EQ(user_.timesTold("disconnected"), 3U);
    EXPECT_EQ(user_.told().size(), 6U) << "neither lost nor a new stream";
}

TEST_P(LibraryResume, GoesOnInTheStreamOfTheDaemonThatWasKilled) {
    subscribe(options());
    uevents_.writeMany(10);
    ASSERT_TRUE(user_.waitForEvents(10));
    const std::string before = user_.subscription().stream();
    daemon().kill();
    ASSERT_TRUE(user_.waitUntil([this] { return user_.timesTold("disconnected") == 1; }));
    startDaemon();
    uevents_.writeMany(10); // perhaps before it has connected again
    ASSERT_TRUE(user_.waitForEvents(20));
    EXPECT_EQ(user_.numbers(), sequence(1, 20));
    EXPECT_THAT(user_.told(), ElementsAre("disconnected", "resumed"));
    EXPECT_EQ(user_.subscription().stream(), before);
}

TEST_P(LibraryResume, TellsThatTheStreamIsAnotherOneAndGoesOnFromItsFirstEvent) {
    subscribe(options());
    uevents_.writeMany(10);
    ASSERT_TRUE(user_.waitForEvents(10));
    const std::string before = user_.subscription().stream();
    daemon().kill();
    ASSERT_TRUE(user_.waitUntil([this] { return user_.timesTold("disconnected") == 1; }));
    forgetStream();
    startDaemon();
    uevents_.writeMany(10); // perhaps before it has connected again
    ASSERT_TRUE(user_.waitForEvents(20));
    EXPECT_EQ(user_.numbers(), sequence(1, 20));
    EXPECT_THAT(user_.told(), ElementsAre("disconnected", "resumed", "changed"));
    EXPECT_THAT(user_.changes(), ElementsAre(std::pair(before, user_.subscription().stream())));
}

// As the constructor does, when the daemon is there.
TEST_P(LibraryResume, ThrowsOutOfDispatchIfItsStreamHasGoneWhileItWaitedForADaemon) {
    daemon().stop();
    SubscriptionOptions wanted = options();
    wanted.stream = "0123456789abcdef0123456789abcdef";
    wanted.since = 1;
    wanted.waitForDaemon = true;
    user_.subscribe(wanted);
    startDaemon();
    try {
        static_cast<void>(user_.waitUntil([] { return false; }));
        ADD_FAILURE() << "was not refused: " << user_.subscription().reason();
    } catch (const RequestError& error) {
        EXPECT_EQ(error.name(), names::error::StreamChanged);
    }
}

TEST_P(LibraryResume, SaysWhyThereIsNoConnection) {
    subscribe(options());
    EXPECT_EQ(user_.subscription().reason(), "");
    daemon().kill();
    ASSERT_TRUE(user_.waitUntil([this] {
        return user_.subscription().reason().find("lost") == std::string::npos &&
               user_.timesTold("disconnected") == 1;
    })) << user_.subscription().reason();
    EXPECT_THAT(user_.subscription().reason(), HasSubstr(isPrivate() ? "Connection refused" : names::Bus));
    EXPECT_FALSE(user_.subscription().isConnected());
}

TEST_P(LibraryResume, IsNotReadableBetweenAttempts) {
    subscribe(options());
    daemon().kill();
    ASSERT_TRUE(user_.waitUntil([this] { return user_.timesTold("disconnected") == 1; }));
    for (const Deadline deadline; user_.step();) ASSERT_FALSE(deadline.expired());
}

TEST_P(LibraryResume, WaitsForADaemonThatIsNotThereYet) {
    daemon().stop();
    SubscriptionOptions wanted = options();
    wanted.waitForDaemon = true;
    subscribe(wanted);
    ASSERT_TRUE(user_.waitUntil([this] { return user_.timesTold("disconnected") == 1; }));
    startDaemon();
    ASSERT_TRUE(waitUntilResumed(1));
    uevents_.write();
    ASSERT_TRUE(user_.waitForEvents(1));
    EXPECT_THAT(user_.told(), ElementsAre("disconnected", "resumed"));
}

TEST_P(LibraryResume, OutlivesADaemonThatDoesNotAnswer) {
    SubscriptionOptions wanted = options();
    wanted.reconnectTimeout = std::chrono::milliseconds(50);
    subscribe(wanted);
    daemon().freeze();
    cut();
    ASSERT_TRUE(user_.waitUntil([this] {
        return user_.subscription().reason().find("did not answer in time") != std::string::npos;
    }));
    uevents_.writeMany(10);
    daemon().thaw();
    ASSERT_TRUE(user_.waitForEvents(10));
    EXPECT_EQ(user_.numbers(), sequence(1, 10));
    EXPECT_THAT(user_.told(), ElementsAre("disconnected", "resumed"));
}

TEST_P(LibraryResume, TellsOfItselfAlsoWhatAHandlerHasThrownAt) {
    subscribe(options());
    SubscriptionHandlers handlers = user_.handlers();
    handlers.disconnected = [told = handlers.disconnected](const std::string& reason) {
        told(reason);
        throw std::runtime_error(reason);
    };
    Subscription second(options(), handlers);
    daemon().kill();
    EXPECT_THROW(
        {
            for (const Deadline deadline; !deadline.expired();) second.dispatch();
        },
        std::runtime_error);
    EXPECT_NO_THROW(second.dispatch());
    EXPECT_FALSE(second.isConnected());
}

INSTANTIATE_TEST_SUITE_P(, LibraryResume, AllRoads, NameOfRoad());

class LibraryResumeOnABus : public LibraryResume {};

TEST_P(LibraryResumeOnABus, GoesOnWhenTheBusHasDiedAndComeBack) {
    subscribe(options());
    for (std::size_t round = 1; round <= 3; ++round) {
        uevents_.writeMany(100);
        ASSERT_TRUE(user_.waitForEvents(200 * round - 150));
        broker().kill();
        uevents_.writeMany(100);
        startBroker();
        ASSERT_TRUE(waitUntilResumed(round));
    }
    ASSERT_TRUE(user_.waitForEvents(600));
    EXPECT_EQ(user_.numbers(), sequence(1, 600));
    EXPECT_EQ(user_.told().size(), 6U) << "neither lost nor a new stream";
}

INSTANTIATE_TEST_SUITE_P(, LibraryResumeOnABus, BrokerRoads, NameOfRoad());

// Writers who do not wait for anybody.
class LibraryInAStorm : public LibraryResume {
protected:
    LibraryInAStorm() : LibraryResume({"--history=4G"}) {} // allocated as used

    static std::uint64_t size() {
        const char* wanted = std::getenv("KEVENTD_STORM_EVENTS");
        return wanted == nullptr ? 30'000 : std::stoull(wanted);
    }
    void interrupt() {
        if (isPrivate()) return cut();
        broker().kill();
        startBroker();
    }
};

TEST_P(LibraryInAStorm, MissesNothingWhileItsRoadIsInterruptedAgainAndAgain) {
    constexpr std::size_t Interruptions = 5;
    SubscriptionOptions wanted = options();
    UeventWriters writers(3, size() / 3);
    wanted.filter.properties = {"SYNTH_UUID=" + writers.uuid()};
    wanted.since = 1;
    subscribe(wanted);
    for (std::size_t round = 1; round <= Interruptions; ++round) {
        ASSERT_TRUE(user_.waitForEvents(round * writers.total() / (Interruptions + 1)));
        interrupt();
        ASSERT_TRUE(waitUntilResumed(round));
    }
    writers.join();
    ASSERT_TRUE(user_.waitForEvents(writers.total()));
    expectWrittenInOrder(user_.events(), writers);
    EXPECT_EQ(user_.events().size(), writers.total());
    EXPECT_EQ(user_.told().size(), 2 * Interruptions) << "neither lost nor a new stream";
}

TEST_P(LibraryInAStorm, MissesNothingOfWritersWhoGoOnThroughEveryInterruption) {
    constexpr std::size_t Interruptions = 3;
    SubscriptionOptions wanted = options();
    PacedWriters writers(2);
    wanted.filter.properties.clear();
    for (const UeventWriter& writer : writers.writers()) {
        wanted.filter.properties.push_back("SYNTH_UUID=" + writer.uuid());
    }
    wanted.since = 1;
    subscribe(wanted);
    for (std::size_t round = 1; round <= Interruptions; ++round) {
        const std::size_t more = user_.events().size() + 2'000;
        ASSERT_TRUE(user_.waitForEvents(more));
        interrupt();
        ASSERT_TRUE(waitUntilResumed(round));
    }
    writers.stop();
    std::uint64_t written = 0;
    for (const UeventWriter& writer : writers.writers()) written += writer.written();
    ASSERT_TRUE(user_.waitForEvents(written));
    for (const UeventWriter& writer : writers.writers()) expectWrittenInOrder(user_.events(), writer);
    EXPECT_EQ(user_.events().size(), written);
    EXPECT_EQ(user_.told().size(), 2 * Interruptions) << "neither lost nor a new stream";
}

INSTANTIATE_TEST_SUITE_P(, LibraryInAStorm, AllRoads, NameOfRoad());

class LibraryOfASmallHistory : public LibraryResume {
protected:
    LibraryOfASmallHistory() : LibraryResume({"--history=1M"}) {}

    static constexpr std::uint64_t MoreThanTheHistory = 30'000;

    [[nodiscard]] SubscriptionOptions everything() const {
        SubscriptionOptions options;
        options.endpoint = endpoint();
        return options;
    }
    [[nodiscard]] bool waitForLastWritten() {
        return user_.waitUntil([this] {
            return !user_.events().empty() && uevents_.hasWritten(user_.events().back()) &&
                   numberOf(user_.events().back()) == uevents_.written();
        });
    }
};

TEST_P(LibraryOfASmallHistory, TellsWhatItHasOvertakenMeanwhile) {
    subscribe(everything());
    const std::uint64_t first = user_.subscription().next();
    uevents_.write();
    ASSERT_TRUE(waitForLastWritten());
    cut();
    uevents_.writeMany(MoreThanTheHistory);
    BusClient(daemon().address()).sync();
    ASSERT_TRUE(user_.waitUntil([this] { return !user_.lost().empty(); }));
    uevents_.write();
    ASSERT_TRUE(waitForLastWritten());

    std::uint64_t expected = first;
    auto lost = user_.lost().begin();
    for (const Event& event : user_.events()) {
        for (; lost != user_.lost().end() && lost->first == expected; ++lost) expected = lost->second + 1;
        ASSERT_EQ(event.id, expected++);
    }
    EXPECT_EQ(lost, user_.lost().end()) << "told lost, but not";
}

// Its place advances while nothing matches, so that the history does not leave it behind.
TEST_P(LibraryOfASmallHistory, LosesNothingWhileNothingMatches) {
    SubscriptionOptions nothing = everything();
    nothing.filter.subsystems = {"no such subsystem"};
    const BusClient client(daemon().address()); // before the subscription: not to be cut
    subscribe(nothing);
    const auto isNear = [&](std::uint64_t end) {
        return user_.waitUntil([&] { return user_.subscription().next() + 1'000 > end; });
    };
    for (std::uint64_t written = 0; written < MoreThanTheHistory; written += 500) {
        uevents_.writeMany(500);
        ASSERT_TRUE(isNear(client.sync()));
    }
    cut();
    ASSERT_TRUE(waitUntilResumed(1));
    uevents_.writeMany(2'000);
    ASSERT_TRUE(isNear(client.sync())) << "what Lost would have come before";
    EXPECT_THAT(user_.told(), ElementsAre("disconnected", "resumed"));
}

INSTANTIATE_TEST_SUITE_P(, LibraryOfASmallHistory, AllRoads, NameOfRoad());

} // namespace
} // namespace keventd::test
