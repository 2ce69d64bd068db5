// What a service manager is told: the daemon's status, and that its loop turns.

#include "daemon/sources/netlink_socket.h"
#include "tests/support/bus_client.h"
#include "tests/support/daemon_process.h"
#include "tests/support/notify_socket.h"
#include "tests/support/uevent_netlink.h"

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
    using Message = NotifySocket::Message;

    void start(std::map<std::string, std::string> environment = {}, std::vector<int> inherited = {}) {
        environment["NOTIFY_SOCKET"] = notify_.path();
        daemon_.emplace(ChildOptions{
            .command = {DaemonProcess::binary(), "--bus=none", "--socket=" + socket(), "--config=/dev/null"},
            .environment = std::move(environment),
            .inherited = std::move(inherited),
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
    [[nodiscard]] Message waitForMessage(const std::string& text,
                                         const Deadline& deadline = Deadline()) const {
        while (!deadline.expired()) {
            Message message = notify_.waitForMessage(deadline);
            if (message.text.find(text) != std::string::npos) return message;
        }
        return {};
    }
    /// @return its text
    [[nodiscard]] std::string waitFor(const std::string& text, const Deadline& deadline = Deadline()) const {
        return waitForMessage(text, deadline).text;
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
        while (!notify_.waitForMessage(Deadline(milliseconds(0))).text.empty()) {
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

// What it has in the place of another one, it has last.
TEST_F(ServiceManagerTest, KeepsTheSocketsThatTheDaemonReadsFrom) {
    const UniqueFd kernel = openUeventSocket(KernelGroup);
    const UniqueFd udev = openUeventSocket(UdevGroup);
    start({}, {udev.get(), kernel.get()});
    for (const auto& [name, socket] : {std::pair("kernel", &kernel), std::pair("udev", &udev)}) {
        const std::string line = "FDNAME=kept-" + std::string(name);
        EXPECT_THAT(waitFor(line), HasSubstr("FDSTOREREMOVE=1\n"));
        const Message kept = waitForMessage(line);
        EXPECT_THAT(kept.text, HasSubstr("FDSTORE=1\n"));
        EXPECT_THAT(kept.text, HasSubstr("FDPOLL=0\n"));
        ASSERT_TRUE(kept.fd);
        EXPECT_EQ(NetlinkSocket::cookieOf(kept.fd.get()), NetlinkSocket::cookieOf(socket->get()));
    }
    EXPECT_NE(waitFor("READY=1"), "");
}

} // namespace
} // namespace keventd::test
