// keventctl history, sync, status; and what it refuses.

#include "keventd/names.h"
#include "tests/bus/keventctl_test.h"
#include "tests/support/effective_user.h"
#include "tests/support/unix_socket.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

namespace keventd::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Keventctl : public KeventctlTest {
protected:
    /// A usage error: status 2, one line that names what was wrong, nothing printed.
    void expectUsageError(const std::vector<std::string>& arguments, const std::string& mention) const {
        const Finished finished = keventctl(arguments);
        EXPECT_EQ(finished.status, 2) << finished.err;
        EXPECT_THAT(linesOf(finished.err), ElementsAre(HasSubstr(mention)));
        EXPECT_EQ(finished.out, "");
    }
};

TEST_P(Keventctl, ShowsTheHistoryAndEnds) {
    writeToHistory(3'000);
    const Finished finished = keventctl({"history", "--json", uevents_.term()});
    EXPECT_EQ(finished.status, 0) << finished.err;
    EXPECT_EQ(numbersInJson(finished.out), sequence(1, 3'000));
}

TEST_P(Keventctl, ShowsNothingOfAHistoryInWhichNothingMatches) {
    writeToHistory(10);
    const Finished finished = keventctl({"history", "subsystem=none"});
    EXPECT_EQ(finished.status, 0) << finished.err;
    EXPECT_EQ(finished.out, "");
}

TEST_P(Keventctl, SyncsSilently) {
    const Finished finished = keventctl({"sync"});
    EXPECT_EQ(finished.status, 0) << finished.err;
    EXPECT_EQ(finished.out + finished.err, "");
}

TEST_P(Keventctl, SyncsUpToWhatHasBeenWritten) {
    uevents_.writeMany(10);
    ASSERT_EQ(keventctl({"sync"}).status, 0);
    EXPECT_EQ(numbersOf(connect().wholeHistory(uevents_.wanted())), sequence(1, 10));
}

TEST_P(Keventctl, ResyncsAndSaysWhetherAnythingWasMissed) {
    const Finished finished = keventctl({"resync"});
    EXPECT_EQ(finished.status, 0) << finished.err;
    EXPECT_EQ(finished.out, "nothing was missed\n");
    EXPECT_EQ(keventctl({"resync", "more"}).status, 2);
}

TEST_P(Keventctl, ResyncsForRootAlone) {
    const EffectiveUser nobody(Nobody);
    const BusClient client = connect();
    try {
        client.send(client.newCall(names::method::Resync));
        FAIL();
    } catch (const CallError& error) {
        EXPECT_EQ(error.name(), SD_BUS_ERROR_ACCESS_DENIED);
    }
}

TEST_P(Keventctl, ShowsTheStatusInJson) {
    const Finished finished = keventctl({"status", "--json"});
    ASSERT_EQ(finished.status, 0) << finished.err;
    const auto status = nlohmann::json::parse(finished.out);
    const BusClient client = connect();
    EXPECT_EQ(status["v"], 1);
    EXPECT_EQ(status["stream"], client.streamId());
    EXPECT_LE(status["last"], client.number(names::property::LastId));
    EXPECT_EQ(status["sources"][0]["name"], "kernel");
    EXPECT_EQ(status["sources"][0]["state"], "running");
    EXPECT_TRUE(status["statistics"].contains("kernel.received"));
    EXPECT_TRUE(status["subscriptions"].empty());
}

TEST_P(Keventctl, ShowsSubscriptions) {
    Subscriber subscriber = subscribe(uevents_.wanted());
    const Finished text = keventctl({"status"});
    EXPECT_THAT(text.out, HasSubstr("subscriptions: 1\n"));
    EXPECT_THAT(text.out, HasSubstr(uevents_.term()));
    const Finished json = keventctl({"status", "--json"});
    const auto listed = nlohmann::json::parse(json.out)["subscriptions"];
    ASSERT_EQ(listed.size(), 1U);
    EXPECT_EQ(listed[0]["number"], subscriber.number());
    EXPECT_EQ(listed[0]["filter"], uevents_.term());
}

// A bus that denies one call, as a policy may, and as it is where the daemon is older.
TEST(KeventctlWithoutSubscriptions, ShowsTheRestOfTheStatus) {
    if (!DbusDaemon::isInstalled()) GTEST_SKIP() << "dbus-daemon is not installed";
    DbusDaemon broker(DbusDaemon::Names::Any,
                      "<policy context=\"mandatory\">"
                      "<deny send_destination=\"org.keventd1\" send_interface=\"org.keventd1.Manager\" "
                      "send_member=\"ListSubscriptions\"/></policy>\n");
    broker.start();
    DaemonOptions options;
    options.bus = broker.address();
    const DaemonProcess daemon(std::move(options));
    ASSERT_TRUE(waitForName(broker.address())) << daemon.log();
    const std::string bus = "--bus=" + broker.address();
    const Finished text = run({KEVENTCTL_BINARY, bus, "status"});
    EXPECT_EQ(text.status, 0);
    EXPECT_THAT(text.out, HasSubstr("subscriptions: 0, not listed\n"));
    EXPECT_THAT(linesOf(text.err), ElementsAre(HasSubstr("subscriptions: ")));
    const Finished json = run({KEVENTCTL_BINARY, bus, "status", "--json"});
    EXPECT_TRUE(nlohmann::json::parse(json.out)["subscriptions"].is_null());
}

TEST_P(Keventctl, ShowsTheStatusInText) {
    const Finished finished = keventctl({"status"});
    ASSERT_EQ(finished.status, 0) << finished.err;
    for (const char* part : {"version", "stream", "events", "started", "history", "order", "sources",
                             "PUBLISHED", "kernel", "running", "subscriptions: 0"}) {
        EXPECT_THAT(finished.out, HasSubstr(part));
    }
}

TEST_P(Keventctl, RefusesAMalformedGlobAndNamesIt) {
    expectUsageError({"monitor", "object=[a"}, "[a");
    expectUsageError({"history", "object=[a"}, "[a");
}

INSTANTIATE_TEST_SUITE_P(, Keventctl, AllRoads, NameOfRoad());

// What does not depend on the road.
class KeventctlPrivately : public Keventctl {};

TEST_P(KeventctlPrivately, ShowsTheHistoryInText) {
    writeToHistory(3);
    const Finished finished = keventctl({"history", uevents_.term()});
    EXPECT_EQ(linesOf(finished.out).size(), 3U);
    EXPECT_THAT(finished.out, HasSubstr(objectOf("null")));
}

TEST_P(KeventctlPrivately, ShowsTheHistorySinceAnId) {
    writeToHistory(5);
    const Finished finished =
        keventctl({"history", "--json", "--since=" + std::to_string(idOf(4)), uevents_.term()});
    EXPECT_EQ(numbersInJson(finished.out), sequence(4, 5));
}

// Where a program goes on that has printed everything.
TEST_P(KeventctlPrivately, ShowsNothingSinceTheNextId) {
    writeToHistory(5);
    const std::uint64_t next = connect().number(names::property::LastId) + 1;
    const Finished finished =
        keventctl({"history", "--json", "--since=" + std::to_string(next), uevents_.term()});
    EXPECT_EQ(finished.status, 0) << finished.err;
    EXPECT_EQ(finished.out, "");
}

TEST_P(KeventctlPrivately, ShowsAsMuchOfTheHistoryAsCounted) {
    writeToHistory(5);
    const Finished finished = keventctl({"history", "--json", "--count=2", uevents_.term()});
    EXPECT_EQ(finished.status, 0) << finished.err;
    EXPECT_EQ(numbersInJson(finished.out), sequence(1, 2));
}

TEST_P(KeventctlPrivately, RefusesAFilterThatIsNone) {
    expectUsageError({"monitor", "block"}, "'block'");
}

TEST_P(KeventctlPrivately, RefusesAFilterThatIsNoText) {
    expectUsageError({"monitor", "INTERFACE=\xff"}, "'INTERFACE=?'");
}

TEST_P(KeventctlPrivately, RefusesAFilterOfTooManyGlobs) {
    std::string globs = "object=a";
    for (int i = 0; i < 256; ++i) globs += ",a";
    expectUsageError({"history", globs}, "256");
}

TEST_P(KeventctlPrivately, RefusesAnUnknownOption) {
    expectUsageError({"monitor", "--colour"}, "--colour");
}

TEST_P(KeventctlPrivately, RefusesAnUnknownCommand) {
    expectUsageError({"observe"}, "observe");
}

TEST_P(KeventctlPrivately, RefusesToDoNothing) {
    EXPECT_EQ(keventctl({}).status, 2);
}

TEST_P(KeventctlPrivately, RefusesACountThatIsNone) {
    expectUsageError({"monitor", "--count=many"}, "many");
}

TEST_P(KeventctlPrivately, RefusesATimeoutThatIsNone) {
    expectUsageError({"monitor", "--timeout=soon"}, "soon");
}

TEST_P(KeventctlPrivately, RefusesASinceThatIsNone) {
    expectUsageError({"monitor", "--since=then"}, "then");
}

TEST_P(KeventctlPrivately, RefusesASinceBeyondTheNextId) {
    expectUsageError({"monitor", "--since=18446744073709551615"}, "since");
}

TEST_P(KeventctlPrivately, RefusesASocketAndABusTogether) {
    expectUsageError({"--bus=system", "sync"}, "--bus");
}

TEST_P(KeventctlPrivately, SaysWhySocketCannotBeReached) {
    const TemporaryDirectory directory;
    const std::string path = directory.file("none");
    const Finished finished = run({KEVENTCTL_BINARY, "--socket=" + path, "sync"});
    EXPECT_EQ(finished.status, 1);
    EXPECT_THAT(linesOf(finished.err),
                ElementsAre(testing::AllOf(HasSubstr(path), HasSubstr("No such file"))));
}

TEST_P(KeventctlPrivately, SaysThatNobodyListensAtTheSocket) {
    const TemporaryDirectory directory;
    const std::string path = directory.file("closed");
    listenAt(path).reset();
    const Finished finished = run({KEVENTCTL_BINARY, "--socket=" + path, "sync"});
    EXPECT_EQ(finished.status, 1);
    EXPECT_THAT(linesOf(finished.err), ElementsAre(testing::AllOf(HasSubstr(path), HasSubstr("refused"))));
}

TEST_P(KeventctlPrivately, SaysThatItMayNotConnect) {
    const TemporaryDirectory directory;
    const std::string path = directory.file("closed");
    const UniqueFd listener = listenAt(path);
    ASSERT_EQ(chmod(path.c_str(), 0600), 0);
    // Another user may not get at what was built, and it looks for its library beside itself.
    const std::string copy = directory.file("keventctl");
    const std::string library = "libkeventd.so.0";
    std::filesystem::copy_file(KEVENTCTL_BINARY, copy);
    std::filesystem::copy_file(std::filesystem::path(KEVENTCTL_BINARY).replace_filename(library),
                               directory.file(library));
    const Finished finished = run(asNobody({copy, "--socket=" + path, "sync"}));
    EXPECT_EQ(finished.status, 1);
    EXPECT_THAT(linesOf(finished.err),
                ElementsAre(testing::AllOf(HasSubstr(path), HasSubstr("Permission denied"))));
}

TEST_P(KeventctlPrivately, RefusesTheHistoryOfAnotherStream) {
    const Finished finished = keventctl({"history", "--stream=0123", "--since=1"});
    EXPECT_EQ(finished.status, 1);
    EXPECT_THAT(linesOf(finished.err), ElementsAre(HasSubstr("0123")));
}

TEST_P(KeventctlPrivately, SaysThatItsOutputCannotBeWritten) {
    writeToHistory(1);
    for (const std::string command : {"history", "status", "--help", "--version"}) {
        const Finished finished = run({"/bin/sh", "-c", R"("$0" "--socket=$1" "$2" >/dev/full)",
                                       KEVENTCTL_BINARY, daemon().socketPath(), command});
        EXPECT_EQ(finished.status, 1) << command;
        EXPECT_THAT(linesOf(finished.err), ElementsAre(HasSubstr("cannot write to standard output")))
            << command;
    }
}

bool waitUntilItHasASocket(pid_t pid) {
    const std::filesystem::path descriptors = "/proc/" + std::to_string(pid) + "/fd";
    for (const Deadline deadline; !deadline.expired();) {
        for (const auto& entry : std::filesystem::directory_iterator(descriptors)) {
            std::error_code closedMeanwhile;
            if (std::filesystem::read_symlink(entry, closedMeanwhile).string().starts_with("socket:"))
                return true;
        }
    }
    return false;
}

// Half an answer is none: a script must not take it for one.
TEST_P(KeventctlPrivately, StatusAndSyncEndByTheSignalThatInterruptsThem) {
    daemon().freeze();
    for (const std::string command : {"status", "sync"}) {
        ChildProcess waiting({.command = commandLine({command})});
        ASSERT_TRUE(waitUntilItHasASocket(waiting.pid()));
        waiting.signal(SIGTERM);
        EXPECT_EQ(waiting.wait(), 128 + SIGTERM) << command;
    }
}

TEST_P(KeventctlPrivately, TellsItsVersion) {
    const Finished finished = run({KEVENTCTL_BINARY, "--version"});
    EXPECT_EQ(finished.status, 0);
    EXPECT_EQ(finished.out.rfind("keventctl ", 0), 0U) << finished.out;
}

INSTANTIATE_TEST_SUITE_P(, KeventctlPrivately, testing::Values(Road::PrivateSocket), NameOfRoad());

} // namespace
} // namespace keventd::test
