// keventctl wait: what it waits for, and how a script can tell why it has ended.

#include "tests/bus/keventctl_test.h"
#include "tests/support/uevent_netlink.h"

#include <csignal>
#include <gmock/gmock.h>

namespace keventd::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Wait : public KeventctlTest {
protected:
    using KeventctlTest::KeventctlTest;

    /// Starts `keventctl wait` for this test's events, and returns when it has subscribed.
    [[nodiscard]] PipedCommand wait(const std::vector<std::string>& arguments = {}) const {
        std::vector<std::string> all{"wait", uevents_.term()};
        all.insert(all.end(), arguments.begin(), arguments.end());
        PipedCommand command(commandLine(all));
        EXPECT_TRUE(hasSubscriptions(1)) << command.process().err();
        return command;
    }
    /// A usage error: status 2, one line that names what was wrong, nothing printed.
    void expectUsageError(const std::vector<std::string>& arguments, const std::string& mention) const {
        const Finished finished = keventctl(arguments);
        EXPECT_EQ(finished.status, 2) << finished.err;
        EXPECT_THAT(linesOf(finished.err), ElementsAre(HasSubstr(mention)));
        EXPECT_EQ(finished.out, "");
    }
};

TEST_P(Wait, PrintsTheFirstEventThatMatchesAndEnds) {
    PipedCommand command = wait({"--json", "action=add"});
    uevents_.write("change");
    uevents_.write("add");
    uevents_.write("add");
    const auto line = command.readLine();
    ASSERT_TRUE(line) << command.process().err();
    EXPECT_EQ(numberInJson(*line), 2U);
    EXPECT_EQ(command.process().wait(), 0);
    EXPECT_FALSE(command.readLine()) << "only one";
}

TEST_P(Wait, GoesOnWithTheDaemonThatComesBack) {
    PipedCommand command = wait({"--json"});
    daemon().kill();
    DaemonOptions options;
    options.socket = daemon().socketPath();
    if (!isPrivate()) options.bus = address();
    const DaemonProcess next(std::move(options));
    uevents_.write();
    const auto line = command.readLine();
    ASSERT_TRUE(line) << command.process().err();
    EXPECT_EQ(numberInJson(*line), 1U);
    EXPECT_EQ(command.process().wait(), 0);
    EXPECT_THAT(command.process().err(), HasSubstr("connected again"));
}

TEST_P(Wait, TakesADeviceThatIsThereIfAskedTo) {
    const Finished finished = keventctl({"wait", "--list", "source=udev", "DEVNAME=*null", "subsystem=mem"});
    EXPECT_EQ(finished.status, 0) << finished.err;
    ASSERT_EQ(linesOf(finished.out).size(), 1U);
    EXPECT_THAT(finished.out, HasSubstr(objectOf("null")));
}

TEST_P(Wait, TakesAnEventIfNoDeviceIsThere) {
    PipedCommand command = wait({"--list", "--json"}); // no device has a SYNTH_UUID
    uevents_.write();
    const auto line = command.readLine();
    ASSERT_TRUE(line) << command.process().err();
    EXPECT_EQ(numberInJson(*line), 1U);
    EXPECT_EQ(command.process().wait(), 0);
}

TEST_P(Wait, TimesOut) {
    const Finished finished = keventctl({"wait", "subsystem=none", "--timeout=50ms"});
    EXPECT_EQ(finished.status, 3);
    EXPECT_EQ(finished.out + finished.err, "");
}

TEST_P(Wait, RefusesAMalformedGlobAndNamesIt) {
    expectUsageError({"wait", "object=[a"}, "[a");
}

INSTANTIATE_TEST_SUITE_P(, Wait, AllRoads, NameOfRoad());

// What does not depend on the road.
class WaitPrivately : public Wait {};

TEST_P(WaitPrivately, BeginsInThePast) {
    writeToHistory(3);
    const Finished finished = keventctl({"wait", "--json", "--since=oldest", uevents_.term()});
    EXPECT_EQ(numbersInJson(finished.out), sequence(1, 1));
}

// An interrupted wait must not look like one that has seen something.
TEST_P(WaitPrivately, EndsByTheSignalThatInterruptsIt) {
    for (const int number : {SIGINT, SIGTERM}) {
        PipedCommand command = wait();
        command.process().signal(number);
        EXPECT_EQ(command.process().wait(), 128 + number);
        EXPECT_EQ(command.process().err(), "");
    }
}

TEST_P(WaitPrivately, EndsByBrokenPipeWhenItsReaderGoes) {
    PipedCommand command = wait();
    command.closeOutput();
    EXPECT_EQ(command.process().wait(), 128 + SIGPIPE);
    EXPECT_EQ(command.process().err(), "");
}

TEST_P(WaitPrivately, DoesNotMindItsReaderIfACommandIsToBeRun) {
    PipedCommand command = wait({"--", "sh", "-c", "exit 5"});
    command.closeOutput();
    uevents_.write();
    EXPECT_EQ(command.process().wait(), 5);
}

TEST_P(WaitPrivately, SaysThatItsOutputIsClosed) {
    writeToHistory(1);
    const Finished finished = run({"sh", "-c", R"("$0" "--socket=$1" wait --since=oldest "$2" >&-)",
                                   KEVENTCTL_BINARY, daemon().socketPath(), uevents_.term()});
    EXPECT_EQ(finished.status, 1);
    EXPECT_THAT(linesOf(finished.err), ElementsAre(HasSubstr("cannot write to standard output")));
}

TEST_P(WaitPrivately, EndsAtOnceWithoutADaemon) {
    daemon().stop();
    EXPECT_EQ(keventctl({"wait", "action=add"}).status, 1);
}

TEST_P(WaitPrivately, RunsACommandWithTheEventInItsEnvironment) {
    writeToHistory(1);
    const std::uint64_t id = idOf(1);
    const Finished finished =
        keventctl({"wait", "--since=oldest", uevents_.term(), "--", "sh", "-c",
                   R"(echo "$KEVENT_ID $KEVENT_SOURCE $KEVENT_ACTION $KEVENT_PROPERTY_SYNTH_ARG_N $1")", "sh",
                   "--json"});
    EXPECT_EQ(finished.status, 0) << finished.err;
    EXPECT_EQ(finished.out, std::to_string(id) + " kernel change 1 --json\n");
}

TEST_P(WaitPrivately, EndsAsTheCommandDoes) {
    EXPECT_EQ(keventctl({"wait", "--list", "object=*/null", "--", "sh", "-c", "exit 5"}).status, 5);
    EXPECT_EQ(keventctl({"wait", "--list", "object=*/null", "--", "sh", "-c", "kill -PIPE $$"}).status,
              128 + SIGPIPE)
        << "which we ignore, and the command must not";
}

TEST_P(WaitPrivately, SaysThatACommandCannotBeRun) {
    const Finished none = keventctl({"wait", "--list", "object=*/null", "--", "/nonexistent"});
    EXPECT_EQ(none.status, 127);
    EXPECT_THAT(linesOf(none.err), ElementsAre(HasSubstr("'/nonexistent'")));
    EXPECT_EQ(keventctl({"wait", "--list", "object=*/null", "--", "/etc"}).status, 126);
}

TEST_P(WaitPrivately, RunsNoCommandWhenItTimesOut) {
    const Finished finished = keventctl({"wait", "subsystem=none", "--timeout=50ms", "--", "echo", "no"});
    EXPECT_EQ(finished.status, 3);
    EXPECT_EQ(finished.out, "");
}

TEST_P(WaitPrivately, RefusesWhatCannotBeMeant) {
    expectUsageError({"wait"}, "a filter is required");
    expectUsageError({"wait", "action=add", "--count=1"}, "--count");
    expectUsageError({"wait", "action=add", "--"}, "a command must follow");
    expectUsageError({"wait", "action=add", "--json", "--", "true"}, "--json");
    expectUsageError({"wait", "action=remove", "--list"}, "action=");
    expectUsageError({"wait", "attribute=size", "--list"}, "attribute=");
    expectUsageError({"wait", "action=add", "--list", "--since=1"}, "--list");
}

TEST_P(WaitPrivately, TakesNoOverrunForAnEventButTellsOfIt) {
    // A socket that is too small is inherited by another daemon than that of the fixture.
    const UniqueFd tiny = openUeventSocket(KernelGroup, 8192);
    uevents_.writeMany(500);
    DaemonProcess overrun({.inherited = {tiny.get()}});
    const auto waitFor = [&](const std::string& filter) {
        return run({KEVENTCTL_BINARY, "--socket=" + overrun.socketPath(), "wait", filter, "--since=oldest",
                    "--timeout=200ms"});
    };
    const Finished none = waitFor("subsystem=none");
    EXPECT_EQ(none.status, 4) << "not 3: what was lost may have matched";
    EXPECT_EQ(none.out, "");
    EXPECT_THAT(none.err, HasSubstr("messages of kernel lost"));
    EXPECT_THAT(waitFor("source=keventd").out, HasSubstr("overrun"));
}

INSTANTIATE_TEST_SUITE_P(, WaitPrivately, testing::Values(Road::PrivateSocket), NameOfRoad());

class WaitWithASmallHistory : public Wait {
protected:
    WaitWithASmallHistory() : Wait({"--history=256K"}) {}
};

TEST_P(WaitWithASmallHistory, TellsWhatIsLostAndSucceedsAllTheSame) {
    writeToHistory(5'000);
    const Finished finished = keventctl({"wait", "--since=1", uevents_.term()});
    EXPECT_EQ(finished.status, 0);
    EXPECT_THAT(finished.err, HasSubstr("lost events 1 to "));
    EXPECT_EQ(linesOf(finished.out).size(), 1U);
}

TEST_P(WaitWithASmallHistory, DoesNotSayThatNothingCameIfSomethingWasLost) {
    writeToHistory(5'000);
    EXPECT_EQ(keventctl({"wait", "--since=1", "subsystem=none", "--timeout=200ms"}).status, 4);
}

INSTANTIATE_TEST_SUITE_P(, WaitWithASmallHistory, testing::Values(Road::PrivateSocket), NameOfRoad());

} // namespace
} // namespace keventd::test
