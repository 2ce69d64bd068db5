// keventctl list and sources; and where keventctl looks for the daemon by itself.

#include "tests/bus/keventctl_test.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace keventd::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class KeventctlList : public KeventctlTest {};

TEST_P(KeventctlList, ShowsADeviceInALine) {
    const Finished finished = keventctl({"list", "object=" + objectOf("null") + "," + objectOf("zero")});
    EXPECT_EQ(finished.status, 0) << finished.err;
    EXPECT_EQ(finished.out, "mem  /dev/null  /devices/virtual/mem/null\n"
                            "mem  /dev/zero  /devices/virtual/mem/zero\n");
}

TEST_P(KeventctlList, ShowsDevicesInJsonAsTheDaemonSentThem) {
    const Finished finished = keventctl({"list", "--json", "DEVNAME=*null"});
    const auto json = nlohmann::json::parse(finished.out);
    EXPECT_EQ(json["v"], 1);
    EXPECT_EQ(json["source"], "coldplug");
    EXPECT_EQ(json["object"], objectOf("null"));
    EXPECT_EQ(json["properties"]["MAJOR"], "1");
}

TEST_P(KeventctlList, ShowsPropertiesWhenAskedTo) {
    const Finished finished = keventctl({"list", "--properties", "subsystem=mem", "object=*/null"});
    EXPECT_THAT(linesOf(finished.out), testing::Contains("    MAJOR=1"));
}

TEST_P(KeventctlList, ShowsNothingIfNothingMatches) {
    const Finished finished = keventctl({"list", "subsystem=none"});
    EXPECT_EQ(finished.status, 0);
    EXPECT_EQ(finished.out + finished.err, "");
}

TEST_P(KeventctlList, RefusesWhatADeviceDoesNotHave) {
    for (const std::string term : {"source=udev", "action=add", "attribute=size"}) {
        const Finished finished = keventctl({"list", term});
        EXPECT_EQ(finished.status, 2);
        EXPECT_THAT(linesOf(finished.err), ElementsAre(HasSubstr("'" + term + "'")));
    }
}

TEST_P(KeventctlList, RefusesAMalformedGlobAndNamesIt) {
    const Finished finished = keventctl({"list", "object=[a"});
    EXPECT_EQ(finished.status, 2);
    EXPECT_THAT(linesOf(finished.err), ElementsAre(HasSubstr("[a")));
}

TEST_P(KeventctlList, ShowsTheSources) {
    const Finished finished = keventctl({"sources"});
    EXPECT_EQ(finished.status, 0) << finished.err;
    std::vector<std::string> lines = linesOf(finished.out);
    ASSERT_GT(lines.size(), 5U);
    for (std::size_t i = 4; i < lines.size(); ++i)
        EXPECT_THAT(lines[i], testing::EndsWith("disabled  switched off in the configuration"));
    lines.resize(4);
    EXPECT_THAT(lines, ElementsAre("kernel     running", testing::StartsWith("udev       "),
                                   "attribute  running", testing::StartsWith("hotplug    disabled")));
}

TEST_P(KeventctlList, ShowsTheSourcesInJsonOneALine) {
    std::vector<std::string> names;
    for (const std::string& line : linesOf(keventctl({"sources", "--json"}).out)) {
        names.push_back(nlohmann::json::parse(line).at("name"));
    }
    EXPECT_THAT(names, ElementsAre("kernel", "udev", "attribute", "hotplug", "link", "address", "thermal",
                                   "acpi", "quota", "mount", "pressure", "power"));
}

TEST_P(KeventctlList, BeginsAMonitorIfAskedTo) {
    PipedCommand command(
        commandLine({"monitor", "--list", "--json", "object=" + objectOf("null"), "--count=2"}));
    const auto device = command.readLine();
    ASSERT_TRUE(device) << command.process().err();
    EXPECT_THAT(*device, HasSubstr("\"source\":\"coldplug\""));
    uevents_.write();
    const auto event = command.readLine();
    ASSERT_TRUE(event) << command.process().err();
    EXPECT_THAT(*event, HasSubstr("\"source\":\"kernel\""));
    EXPECT_EQ(command.process().wait(), 0);
}

INSTANTIATE_TEST_SUITE_P(, KeventctlList, AllRoads, NameOfRoad());

/// Without --socket and --bus: the fixture's daemon is the one on the system bus.
class KeventctlWithoutAChoice : public KeventctlTest {
protected:
    void SetUp() override {
        if (std::filesystem::exists("/run/keventd/bus")) GTEST_SKIP() << "a daemon runs on this machine";
        KeventctlTest::SetUp();
        std::filesystem::create_directory(directory_.file("keventd"));
    }
    /// A second daemon, which is found by its private socket only.
    [[nodiscard]] std::unique_ptr<DaemonProcess> startPrivateDaemon() const {
        DaemonOptions options;
        options.socket = directory_.file("keventd/bus");
        return std::make_unique<DaemonProcess>(std::move(options));
    }
    [[nodiscard]] ChildOptions command(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), KEVENTCTL_BINARY);
        return {
            .command = std::move(arguments),
            .environment = {{"XDG_RUNTIME_DIR", directory_.file("")}, {"DBUS_SYSTEM_BUS_ADDRESS", address()}},
            .inherited = {},
            .inChild = {}};
    }
    [[nodiscard]] std::string streamFound() const {
        return nlohmann::json::parse(run(command({"status", "--json"})).out).at("stream");
    }

private:
    TemporaryDirectory directory_;
};

TEST_P(KeventctlWithoutAChoice, FindsTheDaemonOnTheSystemBus) {
    EXPECT_EQ(streamFound(), connect().streamId());
}

TEST_P(KeventctlWithoutAChoice, PrefersAPrivateSocketThatAnswers) {
    const auto other = startPrivateDaemon();
    EXPECT_EQ(streamFound(), BusClient(other->address()).streamId());
    other->kill();
    EXPECT_EQ(streamFound(), connect().streamId()) << "although the socket's file is still there";
}

TEST_P(KeventctlWithoutAChoice, GoesOnByTheBusWhenThePrivateSocketHasGone) {
    const auto other = startPrivateDaemon();
    ChildProcess waiting(command({"wait", uevents_.term()}));
    for (const Deadline deadline; other->statistics()["subscriptions"] == 0 && !deadline.expired();) {
    }
    other->kill();
    ASSERT_TRUE(hasSubscriptions(1)) << waiting.err();
    uevents_.write();
    EXPECT_EQ(waiting.wait(), 0);
    EXPECT_THAT(linesOf(waiting.err()),
                ElementsAre(HasSubstr("lost, connecting again"), "keventctl: connected again",
                            HasSubstr("has begun a new stream")));
}

TEST_P(KeventctlWithoutAChoice, SaysWhereItHasLookedIfNobodyAnswers) {
    daemon().stop();
    broker().kill();
    const Finished finished = run(command({"wait", "action=add"}));
    EXPECT_EQ(finished.status, 1);
    EXPECT_THAT(linesOf(finished.err),
                ElementsAre(testing::AllOf(HasSubstr("the system bus"), HasSubstr("/run/keventd/bus or "),
                                           HasSubstr("/keventd/bus)"))));
}

INSTANTIATE_TEST_SUITE_P(, KeventctlWithoutAChoice, BrokerRoads, NameOfRoad());

} // namespace
} // namespace keventd::test
