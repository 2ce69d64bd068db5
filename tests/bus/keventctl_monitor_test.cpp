// keventctl monitor: what it shows, and how it ends.

#include "keventd/names.h"
#include "tests/bus/keventctl_test.h"
#include "tests/support/uevent_netlink.h"

#include <csignal>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <thread>

namespace keventd::test {
namespace {

using testing::Each;
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

// What does not depend on the road.
class MonitorPrivately : public KeventctlTest {};

TEST_P(MonitorPrivately, ShowsPropertiesWhenAskedTo) {
    writeToHistory(1);
    const Finished finished =
        keventctl({"monitor", "--properties", "--since=oldest", "--count=1", uevents_.term()});
    EXPECT_EQ(finished.status, 0) << finished.err;
    EXPECT_THAT(linesOf(finished.out), testing::Contains("    DEVNAME=null"));
    EXPECT_THAT(linesOf(finished.out), testing::Contains("    SYNTH_ARG_N=1"));
}

TEST_P(MonitorPrivately, ShowsNoPropertiesUnasked) {
    writeToHistory(1);
    const Finished finished = keventctl({"monitor", "--since=oldest", "--count=1", uevents_.term()});
    EXPECT_EQ(linesOf(finished.out).size(), 1U) << finished.out;
}

TEST_P(MonitorPrivately, ShowsInJsonExactlyTheDocumentedFields) {
    writeToHistory(1);
    const Finished finished =
        keventctl({"monitor", "--json", "--since=oldest", "--count=1", uevents_.term()});
    const auto json = nlohmann::ordered_json::parse(finished.out);
    std::vector<std::string> fields;
    for (const auto& [key, value] : json.items()) fields.push_back(key);
    EXPECT_EQ(fields,
              (std::vector<std::string>{"v", "id", "source", "action", "subsystem", "object", "attribute",
                                        "seqnum", "boottime", "realtime", "flags", "properties"}));
}

TEST_P(MonitorPrivately, ShowsInJsonWhatTheDaemonSent) {
    writeToHistory(1);
    const Event event = connect().wholeHistory(uevents_.wanted()).at(0);
    const Finished finished =
        keventctl({"monitor", "--json", "--since=oldest", "--count=1", uevents_.term()});
    const auto json = nlohmann::json::parse(finished.out);
    EXPECT_EQ(json["v"], 1);
    EXPECT_EQ(json["id"], event.id);
    EXPECT_EQ(json["source"], event.source);
    EXPECT_EQ(json["action"], event.action);
    EXPECT_EQ(json["subsystem"], event.subsystem);
    EXPECT_EQ(json["object"], event.object);
    EXPECT_EQ(json["attribute"], event.attribute);
    EXPECT_EQ(json["seqnum"], event.seqnum);
    EXPECT_EQ(json["boottime"], event.boottime.count());
    EXPECT_EQ(json["realtime"], event.realtime.count());
    EXPECT_EQ(json["flags"], event.flags);
    EXPECT_EQ(json["properties"].size(), event.properties.size());
}

TEST_P(MonitorPrivately, TakesFiltersOfFieldsAndProperties) {
    uevents_.write("change", "null");
    uevents_.write("add", "zero");
    uevents_.write("add", "full");
    uevents_.write("change", "full");
    connect().sync();
    const Finished finished = keventctl({"monitor", "--json", "--since=oldest", "--count=2", uevents_.term(),
                                         "object=*/zero,*/full", "subsystem=mem", "action=a*,b*"});
    EXPECT_EQ(numbersInJson(finished.out), sequence(2, 3));
}

TEST_P(MonitorPrivately, EndsAfterExactlyAsManyEventsAsCounted) {
    writeToHistory(50);
    const Finished finished =
        keventctl({"monitor", "--json", "--since=oldest", "--count=7", uevents_.term()});
    EXPECT_EQ(finished.status, 0) << finished.err;
    EXPECT_EQ(numbersInJson(finished.out), sequence(1, 7));
}

TEST_P(MonitorPrivately, BeginsAtAnId) {
    writeToHistory(5);
    const Finished finished =
        keventctl({"monitor", "--json", "--since=" + std::to_string(idOf(3)), "--count=3", uevents_.term()});
    EXPECT_EQ(numbersInJson(finished.out), sequence(3, 5));
}

TEST_P(MonitorPrivately, BeginsSoLongAgo) {
    writeToHistory(5);
    const Finished finished = keventctl({"monitor", "--json", "--since=5min", "--count=5", uevents_.term()});
    EXPECT_EQ(numbersInJson(finished.out), sequence(1, 5));
}

TEST_P(MonitorPrivately, BeginsNowWithoutSince) {
    writeToHistory(5);
    PipedCommand command = monitor({"--json", "--count=1"});
    uevents_.write();
    const auto line = command.readLine();
    ASSERT_TRUE(line);
    EXPECT_EQ(numberInJson(*line), 6U);
    EXPECT_EQ(command.process().wait(), 0);
}

TEST_P(MonitorPrivately, TimesOutWithAStatusOfItsOwn) {
    const Finished finished = keventctl({"monitor", "--timeout=50ms", "subsystem=none"});
    EXPECT_EQ(finished.status, 3) << finished.err;
    EXPECT_EQ(finished.out, "");
}

TEST_P(MonitorPrivately, DoesNotTimeOutWhenAllThatWasCountedHasCome) {
    writeToHistory(3);
    const Finished finished =
        keventctl({"monitor", "--since=oldest", "--count=3", "--timeout=60s", uevents_.term()});
    EXPECT_EQ(finished.status, 0) << finished.err;
}

TEST_P(MonitorPrivately, TimesOutWhenTheDaemonDoesNotAnswer) {
    daemon().freeze();
    const Finished finished = keventctl({"monitor", "--timeout=100ms"});
    EXPECT_EQ(finished.status, 3);
    EXPECT_THAT(finished.err, HasSubstr("did not answer in time"));
}

TEST_P(MonitorPrivately, EndsQuietlyOnInterruptWhileTheDaemonDoesNotAnswer) {
    daemon().freeze();
    for (const std::string command : {"monitor", "history"}) {
        PipedCommand waiting(commandLine({command}));
        ASSERT_TRUE(waiting.process().waitUntilInterruptible(SIGINT));
        waiting.process().signal(SIGINT);
        EXPECT_EQ(waiting.process().wait(), 0) << command;
        EXPECT_EQ(waiting.process().err(), "") << command;
    }
}

TEST_P(MonitorPrivately, SaysWhenNobodyReadsWhatItPrints) {
    writeToHistory(2'000); // more than a pipe holds
    PipedCommand command(commandLine(
        {"monitor", "--json", "--since=oldest", "--count=2000", "--timeout=2s", uevents_.term()}));
    EXPECT_EQ(command.process().wait(), 4);
    EXPECT_THAT(command.process().err(), HasSubstr("nobody reads what is printed"));
    std::uint64_t lines = 0;
    while (const auto line = command.readLine()) EXPECT_EQ(numberInJson(*line), ++lines);
    EXPECT_GT(lines, 0U);
    EXPECT_LT(lines, 2'000U);
}

// Behind a reader that is slower than the daemon, a command waits for the reader most of the time: it may be
// just then that it is to end.
TEST_P(MonitorPrivately, DropsNothingOfASlowReader) {
    writeToHistory(2'000);
    PipedCommand command(commandLine({"monitor", "--json", "--since=oldest", uevents_.term()}));
    ASSERT_TRUE(command.readLine());
    std::this_thread::sleep_for(std::chrono::milliseconds(300)); // until the pipe is full
    command.process().signal(SIGTERM);
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    std::uint64_t lines = 1;
    while (const auto line = command.readLine()) EXPECT_EQ(numberInJson(*line), ++lines);
    EXPECT_EQ(command.process().wait(), 0);
    EXPECT_EQ(command.process().err(), "");
}

TEST_P(MonitorPrivately, CountsNoOverrunUnlessItWasAskedFor) {
    // A socket that is too small is inherited by another daemon than that of the fixture.
    const UniqueFd tiny = openUeventSocket(KernelGroup, 8192);
    uevents_.writeMany(500);
    DaemonProcess overrun({.inherited = {tiny.get()}});
    const auto countOne = [&](const std::string& filter) {
        return run(
            {KEVENTCTL_BINARY, "--socket=" + overrun.socketPath(), "history", "--json", filter, "--count=1"});
    };
    EXPECT_THAT(countOne("source=kern*").out, HasSubstr("\"source\":\"kernel\""));
    EXPECT_THAT(linesOf(countOne("subsystem=none").out), Each(HasSubstr("\"source\":\"keventd\"")))
        << "the overrun, perhaps what followed, and nothing was counted";
    EXPECT_THAT(countOne("source=keventd").out, HasSubstr("\"action\":\"overrun\""));
}

TEST_P(MonitorPrivately, EndsQuietlyOnTerminate) {
    PipedCommand command = monitor();
    command.process().signal(SIGTERM);
    EXPECT_EQ(command.process().wait(), 0);
    EXPECT_EQ(command.process().err(), "");
}

TEST_P(MonitorPrivately, EndsQuietlyWhenItsReaderHasEnough) {
    writeToHistory(2'000);
    PipedCommand command(commandLine({"monitor", "--since=oldest", uevents_.term()}));
    ASSERT_TRUE(command.readLine());
    command.closeOutput();
    EXPECT_EQ(command.process().wait(), 0);
    EXPECT_EQ(command.process().err(), "");
}

TEST_P(MonitorPrivately, EndsQuietlyWhenItsReaderGoesWhileNothingHappens) {
    PipedCommand command = monitor({"--since=oldest"});
    command.closeOutput();
    EXPECT_EQ(command.process().wait(), 0);
    EXPECT_EQ(command.process().err(), "");
}

TEST_P(MonitorPrivately, EndsQuietlyBeforeHead) {
    writeToHistory(2'000);
    const std::string shellLine =
        std::string(KEVENTCTL_BINARY) + " --socket=\"$0\" monitor --since=oldest \"$1\" | head -n 1";
    const Finished finished = run({"sh", "-c", shellLine, daemon().socketPath(), uevents_.term()});
    EXPECT_EQ(finished.status, 0);
    EXPECT_EQ(linesOf(finished.out).size(), 1U);
    EXPECT_EQ(finished.err, "");
}

INSTANTIATE_TEST_SUITE_P(, MonitorPrivately, testing::Values(Road::PrivateSocket), NameOfRoad());

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
