// The examples that list devices and follow what happens to them, in several languages.

#include "tests/bus/example_test.h"

#include <algorithm>
#include <csignal>
#include <gmock/gmock.h>

namespace keventd::test {
namespace {

constexpr std::uint64_t MoreThanAWindow = 1'500;

// Whatever the language.
class Follower : public Example {
protected:
    void SetUp() override {
        if (const std::string reason = whyImpossible(); !reason.empty()) GTEST_SKIP() << reason;
        Example::SetUp();
    }
    [[nodiscard]] virtual Command command() const = 0;
    [[nodiscard]] virtual std::string whyImpossible() const = 0;

    void showsAnEventWhenItHappens() {
        PipedCommand follower = start(command());
        expectToShowAnEvent(follower);
    }

    // Events happen before, between and after its two calls, and more than may be left unacknowledged.
    void missesAndRepeatsNothing() {
        PipedCommand follower(withArguments(command()));
        ASSERT_TRUE(eventually([this] {
            uevents_.writeMany(5);
            return daemon().statistics().at("subscriptions") == 1;
        })) << follower.process().err();
        uevents_.writeMany(MoreThanAWindow);

        const std::vector<std::string> history = linesOfHistory(0);
        ASSERT_FALSE(history.empty());
        const std::vector<std::string> shown = linesUntil(follower, history.back());
        const auto list = std::find_if(shown.begin(), shown.end(), isEndOfList);
        ASSERT_NE(list, shown.end()) << follower.process().err();
        EXPECT_THAT(std::vector(shown.begin(), list),
                    testing::Contains("0 coldplug add mem /devices/virtual/mem/null"));
        EXPECT_EQ(std::vector(list + 1, shown.end()), linesOfHistory(positionOf(*list)));
    }

    void endsOnTerminate() { expectToEndWithoutATrace(start(command()), 128 + SIGTERM); }

    void endsWithItsConnection() {
        PipedCommand follower = start(command());
        if (isPrivate())
            daemon().kill();
        else
            broker().kill();
        const std::optional<int> status = follower.process().wait();
        ASSERT_TRUE(status) << "it still runs";
        EXPECT_NE(*status, 0);
    }

    void goesOnWithTheNextDaemon() {
        PipedCommand follower = start(command());
        daemon().stop();
        const DaemonProcess next({.bus = broker().address()});
        ASSERT_TRUE(waitForName(broker().address())) << next.log();
        int lists = 0;
        while (lists < 2) {
            const auto line = follower.readLine();
            ASSERT_TRUE(line) << follower.process().err();
            if (isEndOfList(*line)) ++lists;
        }
        expectToShowAnEvent(follower);
    }

private:
    static bool isEndOfList(const std::string& line) { return line.starts_with("# "); }
    // "# 6 devices as of event 18"
    static std::uint64_t positionOf(const std::string& line) {
        return std::stoull(line.substr(line.rfind(' ') + 1));
    }
};

class FollowerInPython : public Follower {
protected:
    [[nodiscard]] Command command() const override { return {Python, exampleFile("follow_devices.py")}; }
    [[nodiscard]] std::string whyImpossible() const override {
        return canRun({Python, "-c", "from gi.repository import Gio"}) ? "" : "needs python3-gi";
    }
};

class FollowerInC : public Follower {
protected:
    [[nodiscard]] Command command() const override { return {FOLLOW_DEVICES}; }
    [[nodiscard]] std::string whyImpossible() const override {
        return command().front().empty() ? "needs libglib2.0-dev when the tests are built" : "";
    }
};

class FollowerWithQt : public Follower {
protected:
    [[nodiscard]] Command command() const override { return {FOLLOW_DEVICES_QT}; }
    [[nodiscard]] std::string whyImpossible() const override {
        return command().front().empty() ? "needs qt6-base-dev when the tests are built" : "";
    }
};

TEST_P(FollowerInPython, ShowsAnEventWhenItHappens) {
    showsAnEventWhenItHappens();
}
TEST_P(FollowerInPython, MissesAndRepeatsNothingFromTheListOn) {
    missesAndRepeatsNothing();
}
TEST_P(FollowerInPython, EndsOnTerminate) {
    endsOnTerminate();
}
TEST_P(FollowerInPython, EndsWithItsConnection) {
    endsWithItsConnection();
}

TEST_P(FollowerInC, ShowsAnEventWhenItHappens) {
    showsAnEventWhenItHappens();
}
TEST_P(FollowerInC, MissesAndRepeatsNothingFromTheListOn) {
    missesAndRepeatsNothing();
}
TEST_P(FollowerInC, EndsOnTerminate) {
    endsOnTerminate();
}
TEST_P(FollowerInC, EndsWithItsConnection) {
    endsWithItsConnection();
}

TEST_P(FollowerWithQt, ShowsAnEventWhenItHappens) {
    showsAnEventWhenItHappens();
}
TEST_P(FollowerWithQt, MissesAndRepeatsNothingFromTheListOn) {
    missesAndRepeatsNothing();
}
TEST_P(FollowerWithQt, EndsOnTerminate) {
    endsOnTerminate();
}
TEST_P(FollowerWithQt, EndsWithItsConnection) {
    endsWithItsConnection();
}

INSTANTIATE_TEST_SUITE_P(, FollowerInPython, ExampleRoads, NameOfRoad());
INSTANTIATE_TEST_SUITE_P(, FollowerInC, ExampleRoads, NameOfRoad());
INSTANTIATE_TEST_SUITE_P(, FollowerWithQt, ExampleRoads, NameOfRoad());

class BusFollowerInPython : public FollowerInPython {};
class BusFollowerInC : public FollowerInC {};
class BusFollowerWithQt : public FollowerWithQt {};

TEST_P(BusFollowerInPython, GoesOnWithTheNextDaemon) {
    goesOnWithTheNextDaemon();
}
TEST_P(BusFollowerInC, GoesOnWithTheNextDaemon) {
    goesOnWithTheNextDaemon();
}
TEST_P(BusFollowerWithQt, GoesOnWithTheNextDaemon) {
    goesOnWithTheNextDaemon();
}

INSTANTIATE_TEST_SUITE_P(, BusFollowerInPython, BrokerRoads, NameOfRoad());
INSTANTIATE_TEST_SUITE_P(, BusFollowerInC, BrokerRoads, NameOfRoad());
INSTANTIATE_TEST_SUITE_P(, BusFollowerWithQt, BrokerRoads, NameOfRoad());

} // namespace
} // namespace keventd::test
