// keventctl monitor on each road, while the daemon and the bus come and go, and with a small history.

#include "keventd/names.h"
#include "tests/bus/keventctl_test.h"

#include <csignal>
#include <gmock/gmock.h>

namespace keventd::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class Monitor : public KeventctlTest {
protected:
    using KeventctlTest::KeventctlTest;

    /// In the place of one that was killed.
    [[nodiscard]] std::unique_ptr<DaemonProcess> startAnotherDaemon() {
        DaemonOptions options;
        options.socket = daemon().socketPath();
        if (!isPrivate()) options.bus = address();
        return std::make_unique<DaemonProcess>(std::move(options));
    }
    void forgetStream() {
        std::filesystem::remove(std::filesystem::path(daemon().socketPath()).replace_filename("state"));
    }
    void restartBroker() {
        broker().start();
        ASSERT_TRUE(waitForName(address())) << daemon().log();
    }
    /// @return the number of the event in the next line; 0 at the deadline
    [[nodiscard]] static std::uint64_t readNumber(PipedCommand& command) {
        const auto line = command.readLine();
        EXPECT_TRUE(line) << command.process().err();
        return line ? numberInJson(*line) : 0;
    }
    [[nodiscard]] static bool waitUntilItSays(PipedCommand& command, const std::string& text) {
        for (const Deadline deadline; !deadline.expired();) {
            if (command.process().err().find(text) != std::string::npos) return true;
        }
        return false;
    }
};

TEST_P(Monitor, ShowsAnEventInALineWhenItHappens) {
    PipedCommand command = monitor();
    for (int round = 0; round < 3; ++round) {
        uevents_.write("change", "zero");
        const auto line = command.readLine();
        ASSERT_TRUE(line) << command.process().err();
        for (const char* part : {"kernel", "change", "mem", "/devices/virtual/mem/zero"}) {
            EXPECT_THAT(*line, HasSubstr(part));
        }
    }
}

TEST_P(Monitor, ShowsEveryEventOnceInOrder) {
    PipedCommand command = monitor({"--json"});
    uevents_.writeMany(2'000);
    for (std::uint64_t number = 1; number <= 2'000; ++number) {
        const auto line = command.readLine();
        ASSERT_TRUE(line) << command.process().err();
        ASSERT_EQ(numberInJson(*line), number);
    }
}

TEST_P(Monitor, EndsQuietlyOnInterrupt) {
    PipedCommand command = monitor();
    command.process().signal(SIGINT);
    EXPECT_EQ(command.process().wait(), 0);
    EXPECT_EQ(command.process().err(), "");
}

TEST_P(Monitor, GoesOnWithTheDaemonThatComesBackAndSaysSo) {
    PipedCommand command = monitor({"--json"});
    uevents_.writeMany(3);
    for (std::uint64_t number = 1; number <= 3; ++number) EXPECT_EQ(readNumber(command), number);
    daemon().kill();
    const auto next = startAnotherDaemon();
    uevents_.writeMany(3);
    for (std::uint64_t number = 4; number <= 6; ++number) EXPECT_EQ(readNumber(command), number);
    command.process().signal(SIGINT);
    EXPECT_EQ(command.process().wait(), 0);
    EXPECT_THAT(linesOf(command.process().err()),
                ElementsAre(HasSubstr("lost"), "keventctl: connected again"));
}

TEST_P(Monitor, SaysThatTheDaemonThatComesBackHasBegunANewStream) {
    PipedCommand command = monitor({"--json"});
    uevents_.write();
    EXPECT_EQ(readNumber(command), 1U);
    daemon().kill();
    forgetStream();
    const auto next = startAnotherDaemon();
    uevents_.write();
    EXPECT_EQ(readNumber(command), 2U);
    command.process().signal(SIGINT);
    EXPECT_EQ(command.process().wait(), 0);
    EXPECT_THAT(linesOf(command.process().err()), ElementsAre(HasSubstr("lost"), "keventctl: connected again",
                                                              HasSubstr("has begun a new stream")));
}

TEST_P(Monitor, EndsQuietlyOnInterruptWhileThereIsNoDaemon) {
    PipedCommand command = monitor();
    daemon().kill();
    ASSERT_TRUE(waitUntilItSays(command, "connecting again\n"));
    command.process().signal(SIGINT);
    EXPECT_EQ(command.process().wait(), 0);
    EXPECT_THAT(linesOf(command.process().err()), SizeIs(1));
}

TEST_P(Monitor, TimesOutWhileThereIsNoDaemon) {
    PipedCommand command = monitor({"--timeout=2s"});
    daemon().kill();
    EXPECT_EQ(command.process().wait(), 3);
}

INSTANTIATE_TEST_SUITE_P(, Monitor, AllRoads, NameOfRoad());

class MonitorOnABus : public Monitor {};

TEST_P(MonitorOnABus, MissesNothingWhileTheBusIsAway) {
    PipedCommand command = monitor({"--json", "--count=300"});
    uevents_.writeMany(100);
    EXPECT_EQ(readNumber(command), 1U);
    broker().kill();
    uevents_.writeMany(100);
    restartBroker();
    uevents_.writeMany(100);
    for (std::uint64_t number = 2; number <= 300; ++number) ASSERT_EQ(readNumber(command), number);
    EXPECT_EQ(command.process().wait(), 0);
    EXPECT_THAT(linesOf(command.process().err()),
                ElementsAre(HasSubstr("lost, connecting again"), "keventctl: connected again"));
}

TEST_P(MonitorOnABus, EndsAtOnceWithoutADaemon) {
    daemon().stop();
    const Finished finished = keventctl({"monitor"});
    EXPECT_EQ(finished.status, 1);
    EXPECT_THAT(linesOf(finished.err), ElementsAre(HasSubstr(names::Bus)));
}

INSTANTIATE_TEST_SUITE_P(, MonitorOnABus, BrokerRoads, NameOfRoad());

class MonitorOfASmallHistory : public KeventctlTest {
protected:
    MonitorOfASmallHistory() : KeventctlTest({"--history=256K"}) {}
};

TEST_P(MonitorOfASmallHistory, TellsWhatIsNoLongerKept) {
    writeToHistory(5'000);
    const Finished finished = keventctl({"monitor", "--since=1", "--count=1", uevents_.term()});
    EXPECT_EQ(finished.status, 4);
    EXPECT_THAT(finished.err, HasSubstr("lost events 1 to "));
    EXPECT_THAT(finished.err, HasSubstr(": no longer kept"));
    EXPECT_EQ(linesOf(finished.out).size(), 1U);
}

TEST_P(MonitorOfASmallHistory, TellsThatSomethingOfATimeIsNoLongerKept) {
    writeToHistory(5'000);
    for (const std::string command : {"monitor", "history"}) {
        const Finished finished = keventctl({command, "--since=1h", "--count=1", uevents_.term()});
        EXPECT_EQ(finished.status, 4) << command;
        EXPECT_THAT(finished.err, HasSubstr("lost events 1 to ")) << command;
        EXPECT_THAT(finished.err, HasSubstr(": no longer kept")) << command;
        EXPECT_EQ(linesOf(finished.out).size(), 1U) << command;
    }
}

TEST_P(MonitorOfASmallHistory, TellsWhatIsLostWhenItWasStopped) {
    constexpr std::uint64_t flood = 40'000; // more than the history, the window and the sockets hold
    PipedCommand command = monitor({"--json"});
    command.process().signal(SIGSTOP);
    uevents_.writeMany(flood);
    connect().sync();
    command.process().signal(SIGCONT);
    std::uint64_t last = 0;
    for (const Deadline deadline; last < flood && !deadline.expired();) {
        const auto line = command.readLine(Deadline(std::chrono::seconds(1)));
        if (line)
            last = numberInJson(*line);
        else
            uevents_.write(); // others may have made the last one be lost, too
    }
    EXPECT_GE(last, flood);
    command.process().signal(SIGINT);
    EXPECT_EQ(command.process().wait(), 4);
    EXPECT_THAT(command.process().err(), HasSubstr("lost events"));
}

INSTANTIATE_TEST_SUITE_P(, MonitorOfASmallHistory, AllRoads, NameOfRoad());

class MonitorOfASmallHistoryOnABus : public Monitor {
protected:
    MonitorOfASmallHistoryOnABus() : Monitor({"--history=256K"}) {}
};

TEST_P(MonitorOfASmallHistoryOnABus, TellsWhatIsNoLongerKeptWhenItIsConnectedAgain) {
    PipedCommand command = monitor({"--json", "--count=2"});
    uevents_.write();
    EXPECT_EQ(readNumber(command), 1U);
    broker().kill();
    ASSERT_TRUE(waitUntilItSays(command, "connecting again\n"));
    uevents_.writeMany(5'000);
    BusClient(daemon().address()).sync();
    restartBroker();
    ASSERT_TRUE(waitUntilItSays(command, "lost events"));
    uevents_.write(); // others may have made those before be lost, too
    EXPECT_GT(readNumber(command), 1U);
    EXPECT_EQ(command.process().wait(), 4);
    EXPECT_THAT(linesOf(command.process().err()),
                ElementsAre(HasSubstr("lost, connecting again"), "keventctl: connected again",
                            testing::AllOf(HasSubstr("lost events"), HasSubstr(": no longer kept"))));
}

INSTANTIATE_TEST_SUITE_P(, MonitorOfASmallHistoryOnABus, BrokerRoads, NameOfRoad());

} // namespace
} // namespace keventd::test
