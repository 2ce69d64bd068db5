// What a service manager is told: the daemon's status, and that its loop turns.

#include "tests/support/bus_client.h"
#include "tests/support/daemon_process.h"
#include "tests/support/notify_socket.h"

#include <csignal>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

namespace keventd::test {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

constexpr const char* Ping = "WATCHDOG=1";
constexpr const char* OftenWatched = "100000"; // microseconds: a ping each 50 ms
constexpr milliseconds TimeOfManyPings{500};

class ServiceManagerTest : public ::testing::Test {
protected:
    void start(std::map<std::string, std::string> environment = {}) {
        environment["NOTIFY_SOCKET"] = notify_.path();
        daemon_.emplace(ChildOptions{
            .command = {DaemonProcess::binary(), "--bus=none", "--socket=" + socket(), "--config=/dev/null"},
            .environment = std::move(environment),
            .inherited = {},
            .inChild = {}});
    }
    void TearDown() override {
        if (!daemon_) return;
        daemon_->signal(SIGTERM);
        EXPECT_EQ(daemon_->wait(), 0) << daemon_->err();
    }

    [[nodiscard]] ChildProcess& daemon() { return *daemon_; }
    [[nodiscard]] std::string socket() const { return directory_.file("bus"); }
    [[nodiscard]] BusClient connect() const { return BusClient("unix:path=" + socket()); }

    /// @return the first message with this text in it; empty at the deadline
    [[nodiscard]] std::string waitFor(const std::string& text, const Deadline& deadline = Deadline()) const {
        while (!deadline.expired()) {
            std::string message = notify_.waitForMessage(deadline);
            if (message.find(text) != std::string::npos) return message;
        }
        return "";
    }
    /// @return messages with this text that come within the time
    [[nodiscard]] int countWithin(milliseconds time, const std::string& text) const {
        int count = 0;
        for (const Deadline deadline(time); !waitFor(text, deadline).empty();) ++count;
        return count;
    }
    /// Returns when the daemon has really stopped, and what it has sent before has been read.
    void freeze() {
        daemon().signal(SIGSTOP);
        siginfo_t info{};
        waitid(P_PID, static_cast<id_t>(daemon().pid()), &info, WSTOPPED | WEXITED | WNOWAIT);
        while (!notify_.waitForMessage(Deadline(milliseconds(0))).empty()) {
        }
    }

private:
    TemporaryDirectory directory_;
    NotifySocket notify_;
    std::optional<ChildProcess> daemon_;
};

class Watchdog : public ServiceManagerTest {};

TEST_F(Watchdog, IsPingedWhileNothingHappens) {
    start({{"WATCHDOG_USEC", OftenWatched}});
    for (int i = 0; i < 5; ++i) EXPECT_EQ(waitFor(Ping), Ping) << daemon().err();
}

TEST_F(Watchdog, IsNotPingedByADaemonThatStandsStill) {
    start({{"WATCHDOG_USEC", OftenWatched}});
    ASSERT_EQ(waitFor(Ping), Ping);
    freeze();
    EXPECT_EQ(countWithin(TimeOfManyPings, Ping), 0);
    daemon().signal(SIGCONT);
    EXPECT_EQ(waitFor(Ping), Ping);
}

TEST_F(Watchdog, IsPingedByTheProcessThatIsMeant) {
    start({{"WATCHDOG_USEC", OftenWatched}, {"WATCHDOG_PID", std::to_string(getpid())}});
    ASSERT_NE(waitFor("READY=1"), "");
    EXPECT_EQ(countWithin(TimeOfManyPings, Ping), 0);
}

TEST_F(Watchdog, IsNotPingedWhereThereIsNone) {
    start();
    ASSERT_NE(waitFor("READY=1"), "");
    EXPECT_EQ(countWithin(TimeOfManyPings, ""), 0) << "nor is anything else told while nothing happens";
}

TEST_F(Watchdog, IsDoneWithoutIfItsTimeIsNone) {
    start({{"WATCHDOG_USEC", "soon"}});
    ASSERT_NE(waitFor("READY=1"), "");
    EXPECT_THAT(daemon().err(), HasSubstr("warning: watchdog: WATCHDOG_USEC: "));
    EXPECT_EQ(countWithin(TimeOfManyPings, Ping), 0);
}

class ToldStatus : public ServiceManagerTest {};

TEST_F(ToldStatus, ComesWithReadiness) {
    start();
    const std::string ready = waitFor("READY=1");
    EXPECT_THAT(ready, HasSubstr("\nSTATUS=Stream at "));
    EXPECT_THAT(ready, HasSubstr(", 0 subscriptions, nothing lost"));
}

TEST_F(ToldStatus, ComesAgainWithAReload) {
    start();
    ASSERT_NE(waitFor("READY=1"), "");
    const BusClient client = connect();
    ASSERT_EQ(client.trySubscribe(), "");
    daemon().signal(SIGHUP);
    EXPECT_THAT(waitFor("READY=1"), HasSubstr(", 1 subscription, "));
}

// Ten seconds after the last, in a turn of the loop that something else has brought about.
TEST_F(ToldStatus, ComesAgainWhenSomethingHasChanged) {
    start();
    ASSERT_NE(waitFor("READY=1"), "");
    const BusClient client = connect();
    ASSERT_EQ(client.trySubscribe(), "");
    std::string message;
    for (const Deadline deadline; message.empty() && !deadline.expired();) {
        static_cast<void>(client.statistics());
        message = waitFor("STATUS=", Deadline(milliseconds(200)));
    }
    EXPECT_THAT(message, HasSubstr(", 1 subscription, "));
}

TEST_F(ToldStatus, EndsWithTheDaemon) {
    start();
    ASSERT_NE(waitFor("READY=1"), "");
    daemon().signal(SIGTERM);
    EXPECT_EQ(waitFor("STOPPING=1"), "STOPPING=1");
}

} // namespace
} // namespace keventd::test
