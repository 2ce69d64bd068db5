// keventctl watch: what it prints, what it takes for an object, and how it ends.

#include "keventd/names.h"
#include "tests/bus/keventctl_test.h"
#include "tests/support/net_devices.h"
#include "tests/support/virtual_terminals.h"

#include <csignal>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace keventd::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* Mtu = "/devices/virtual/net/watched";

class Watch : public KeventctlTest {
protected:
    /// Starts `keventctl watch`, and returns when it watches.
    [[nodiscard]] PipedCommand watch(const std::vector<std::string>& arguments) {
        std::vector<std::string> all{"watch"};
        all.insert(all.end(), arguments.begin(), arguments.end());
        PipedCommand command(commandLine(all));
        EXPECT_TRUE(isWatched(daemon())) << command.process().err();
        return command;
    }
    [[nodiscard]] bool isWatched(const DaemonProcess& daemon) const {
        return eventually([&] { return daemon.statistics().at("watched_attributes") == 1; });
    }
    void expectRefusal(int status, const std::vector<std::string>& arguments,
                       const std::string& mention) const {
        std::vector<std::string> all{"watch"};
        all.insert(all.end(), arguments.begin(), arguments.end());
        const Finished finished = keventctl(all);
        EXPECT_EQ(finished.status, status) << finished.err;
        EXPECT_THAT(linesOf(finished.err), ElementsAre(HasSubstr(mention)));
        EXPECT_EQ(finished.out, "");
    }

    NetDevices devices_;
};

TEST_P(Watch, EndsWithTheAttribute) {
    devices_.createVeth("watched", "peer");
    PipedCommand command = watch({"/sys/class/net/watched", "mtu"});
    devices_.remove("watched");
    const auto line = command.readLine();
    ASSERT_TRUE(line) << command.process().err();
    for (const char* part : {"attribute", "remove", "net", Mtu, "mtu"}) EXPECT_THAT(*line, HasSubstr(part));
    EXPECT_EQ(command.process().wait(), 1);
    EXPECT_THAT(linesOf(command.process().err()), ElementsAre("keventctl: the attribute is gone"));
}

TEST_P(Watch, EndsAsAskedIfThatWasTheLastOneWanted) {
    devices_.createVeth("watched", "peer");
    PipedCommand command = watch({"--count=1", Mtu, "mtu"});
    devices_.remove("watched");
    EXPECT_EQ(command.process().wait(), 0);
}

TEST_P(Watch, TimesOut) {
    PipedCommand command = watch({"/sys/devices/virtual/mem/null", "dev", "--timeout=1s"});
    EXPECT_EQ(command.process().wait(), 3);
    EXPECT_THAT(linesOf(command.process().err()), IsEmpty());
}

TEST_P(Watch, EndsQuietlyOnInterrupt) {
    PipedCommand command = watch({"/devices/virtual/mem/null", "dev"});
    command.process().signal(SIGINT);
    EXPECT_EQ(command.process().wait(), 0);
    EXPECT_EQ(command.process().err(), "");
}

TEST_P(Watch, SaysWhyNothingIsWatched) {
    expectRefusal(1, {"/devices/virtual/mem/null", "nothing"}, "there is none: attribute 'nothing'");
    expectRefusal(1, {"/devices/virtual/mem/null", "uevent"}, "events tell of it");
    expectRefusal(1, {"/class/mem/null", "dev"}, "'null' is a link");
    expectRefusal(2, {"/sys/class/mem/nothing", "dev"}, "No such file");
    expectRefusal(2, {"/sys/../etc", "passwd"}, "is not in /sys");
    expectRefusal(2, {"/sys/devices/virtual/mem/null/dev"},
                  "did you mean: watch /sys/devices/virtual/mem/null dev");
    expectRefusal(2, {"/devices/virtual/mem/null", ""}, "ATTRIBUTE is empty");
    expectRefusal(2, {"/devices/virtual/mem/null", "dev", "more"}, "OBJECT and ATTRIBUTE are required");
    expectRefusal(2, {}, "OBJECT and ATTRIBUTE are required");
}

INSTANTIATE_TEST_SUITE_P(, Watch, AllRoads, NameOfRoad());

class WatchOfTerminals : public Watch {
protected:
    void SetUp() override {
        if (const std::string reason = VirtualTerminals::whyImpossible(); !reason.empty())
            GTEST_SKIP() << reason;
        Watch::SetUp();
        if (!IsSkipped()) terminals_.emplace();
    }
    /// @return what the next line says that the attribute is now; empty at the deadline
    [[nodiscard]] static std::string readValue(PipedCommand& command) {
        const auto line = command.readLine();
        EXPECT_TRUE(line) << command.process().err();
        if (!line) return "";
        return nlohmann::json::parse(*line).at("properties").at(names::key::Value).get<std::string>();
    }

    std::optional<VirtualTerminals> terminals_;
};

TEST_P(WatchOfTerminals, ShowsEachChangeInALine) {
    PipedCommand command = watch({"/sys/class/tty/tty0", "active"});
    for (int round = 0; round < 3; ++round) {
        const std::string now = terminals_->change();
        const auto line = command.readLine();
        ASSERT_TRUE(line) << command.process().err();
        EXPECT_THAT(*line, HasSubstr("/devices/virtual/tty/tty0 active=" + now));
    }
}

TEST_P(WatchOfTerminals, ShowsNoOtherAttribute) {
    PipedCommand command = watch({"/devices/virtual/tty/tty0", "active", "--json", "--count=2"});
    const BusClient other = connect();
    ASSERT_EQ(other.tryToWatch("/devices/virtual/tty/console", "active"), "");
    const std::string first = terminals_->change();
    EXPECT_EQ(readValue(command), first);
    const std::string second = terminals_->change();
    EXPECT_EQ(readValue(command), second);
    EXPECT_EQ(command.process().wait(), 0);
}

TEST_P(WatchOfTerminals, GoesOnWithTheDaemonThatComesBack) {
    PipedCommand command = watch({"/devices/virtual/tty/tty0", "active", "--json"});
    const std::string before = terminals_->change();
    EXPECT_EQ(readValue(command), before);
    daemon().kill();
    DaemonOptions options;
    options.socket = daemon().socketPath();
    if (!isPrivate()) options.bus = address();
    const DaemonProcess next(std::move(options));
    const BusClient nextClient(next.address());
    for (const Deadline deadline; nextClient.statistics().at("watched_attributes") == 0;)
        ASSERT_FALSE(deadline.expired()) << command.process().err();
    const std::string after = terminals_->change();
    EXPECT_EQ(readValue(command), after);
    command.process().signal(SIGINT);
    EXPECT_EQ(command.process().wait(), 0);
    EXPECT_THAT(linesOf(command.process().err()),
                ElementsAre(HasSubstr("lost"), "keventctl: connected again"));
}

INSTANTIATE_TEST_SUITE_P(, WatchOfTerminals, AllRoads, NameOfRoad());

class WatchWhileThereIsNoDaemon : public Watch {};

TEST_P(WatchWhileThereIsNoDaemon, EndsIfTheAttributeIsGoneWhenItComesBack) {
    devices_.createVeth("watched", "peer");
    PipedCommand command = watch({Mtu, "mtu"});
    daemon().kill();
    devices_.remove("watched");
    DaemonOptions options;
    options.socket = daemon().socketPath();
    if (!isPrivate()) options.bus = address();
    const DaemonProcess next(std::move(options));
    EXPECT_EQ(command.process().wait(), 1);
    EXPECT_THAT(command.process().err(),
                HasSubstr("there is none: attribute 'mtu' of /devices/virtual/net/watched"));
}

INSTANTIATE_TEST_SUITE_P(, WatchWhileThereIsNoDaemon, AllRoads, NameOfRoad());

} // namespace
} // namespace keventd::test
