// keventctl monitor where the road does not matter: what it shows, what it takes, how it ends.

#include "tests/bus/keventctl_test.h"
#include "tests/support/uevent_netlink.h"

#include <csignal>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <thread>

namespace keventd::test {
namespace {

using testing::Each;
using testing::HasSubstr;

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
} // namespace
} // namespace keventd::test
