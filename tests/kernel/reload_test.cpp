// SIGHUP: what can be changed while the daemon runs changes, what cannot is told, and a mistake changes
// nothing.

#include "tests/kernel/configured_daemon.h"
#include "tests/support/notify_socket.h"

#include <chrono>
#include <csignal>

namespace keventd::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class Reload : public ConfiguredDaemon {
protected:
    /// Asks for a reload, and waits until the log tells how it went.
    [[nodiscard]] static bool reload(DaemonProcess& daemon, const std::string& told) {
        daemon.signal(SIGHUP);
        return daemon.waitForLog(told);
    }
};

TEST_F(Reload, RaisesALimit) {
    configure("limits.client.subscriptions = 1\n");
    DaemonProcess daemon(options());
    const BusClient client(daemon.address());
    EXPECT_EQ(subscribe(client), "");
    EXPECT_THAT(subscribe(client), HasSubstr("more than 1 subscriptions"));
    configure("limits.client.subscriptions = 2\n");
    ASSERT_TRUE(reload(daemon, "configuration reloaded from " + config())) << daemon.log();
    EXPECT_EQ(subscribe(client), "");
    EXPECT_THAT(subscribe(client), HasSubstr("more than 2 subscriptions"));
}

TEST_F(Reload, LowersALimitForWhatIsNew) {
    configure("");
    DaemonProcess daemon(options());
    const BusClient client(daemon.address());
    for (int i = 0; i < 3; ++i) EXPECT_EQ(subscribe(client), "");
    configure("limits.client.subscriptions = 2\n");
    ASSERT_TRUE(reload(daemon, "configuration reloaded")) << daemon.log();
    EXPECT_THAT(subscribe(client), HasSubstr("more than 2 subscriptions"));
    EXPECT_EQ(client.statistics().at("subscriptions"), 3U) << "those that are there stay";
}

TEST_F(Reload, GoesBackToADefaultWhereAKeyHasGone) {
    configure("limits.client.subscriptions = 1\n");
    DaemonProcess daemon(options());
    const BusClient client(daemon.address());
    EXPECT_EQ(subscribe(client), "");
    configure("");
    ASSERT_TRUE(reload(daemon, "configuration reloaded")) << daemon.log();
    EXPECT_EQ(subscribe(client), "");
}

TEST_F(Reload, FindsANewDropIn) {
    configure("");
    DaemonProcess daemon(options());
    write("keventd.toml.d/a.toml", "limits.client.subscriptions = 1\n");
    ASSERT_TRUE(reload(daemon, "configuration reloaded")) << daemon.log();
    EXPECT_THAT(daemon.log(), HasSubstr(path("keventd.toml.d/a.toml")));
    const BusClient client(daemon.address());
    EXPECT_EQ(subscribe(client), "");
    EXPECT_THAT(subscribe(client), HasSubstr("more than 1 subscriptions"));
}

TEST_F(Reload, ChangesTheLogLevel) {
    configure("log.level = 'error'\n");
    DaemonProcess daemon(options());
    configure("log.level = 'info'\n");
    ASSERT_TRUE(reload(daemon, "info: configuration reloaded")) << daemon.log();
    configure("log.level = 'error'\n");
    daemon.signal(SIGHUP);
    EXPECT_EQ(daemon.stop(), 0);
    EXPECT_THAT(daemon.log(), Not(HasSubstr("stopping")));
}

TEST_F(Reload, LeavesALogLevelOfTheCommandLine) {
    configure("");
    DaemonProcess daemon(options({"--log-level=info"}));
    configure("log.level = 'error'\n");
    EXPECT_TRUE(reload(daemon, "info: configuration reloaded")) << daemon.log();
}

TEST_F(Reload, TellsWhatTakesEffectAtTheNextStart) {
    configure("");
    DaemonProcess daemon(options());
    const auto before = daemon.statistics().at("history.capacity_bytes");
    configure("history.size = '1M'\nlimits.client.calls = 3\n");
    ASSERT_TRUE(reload(daemon, "history.size: takes effect at the next start")) << daemon.log();
    EXPECT_EQ(daemon.statistics().at("history.capacity_bytes"), before);
    EXPECT_THAT(daemon.log(), Not(HasSubstr("limits.client.calls")));
    EXPECT_THAT(daemon.log(), Not(HasSubstr("socket.path"))) << "which the command line says, as before";
}

TEST_F(Reload, WithAMistakeKeepsEverythingAndTellsItsPlace) {
    configure("limits.client.subscriptions = 1\n");
    DaemonProcess daemon(options());
    configure("[limits.client]\nsubscriptions = 2\nwindow = 0\n");
    ASSERT_TRUE(reload(daemon, "error: configuration not reloaded, keeping the one in force"))
        << daemon.log();
    EXPECT_THAT(daemon.log(), HasSubstr("error: " + config() + ":3:1: limits.client.window: 0: must be"));
    const BusClient client(daemon.address());
    EXPECT_EQ(subscribe(client), "");
    EXPECT_THAT(subscribe(client), HasSubstr("more than 1 subscriptions"));
}

TEST_F(Reload, WithoutTheFileThatWasNamedKeepsEverything) {
    configure("limits.client.subscriptions = 1\n");
    DaemonProcess daemon(options());
    std::filesystem::remove(config());
    ASSERT_TRUE(reload(daemon, "configuration not reloaded")) << daemon.log();
    EXPECT_THAT(daemon.log(), HasSubstr("error: " + config() + ": open: No such file or directory"));
}

TEST_F(Reload, IsPossibleAgainAfterAMistake) {
    configure("");
    DaemonProcess daemon(options());
    configure("nonsense");
    ASSERT_TRUE(reload(daemon, "configuration not reloaded")) << daemon.log();
    configure("limits.client.subscriptions = 1\n");
    ASSERT_TRUE(reload(daemon, "configuration reloaded")) << daemon.log();
    const BusClient client(daemon.address());
    EXPECT_EQ(subscribe(client), "");
    EXPECT_NE(subscribe(client), "");
}

// As systemd waits for it with Type=notify-reload.
class ToldReload : public Reload {
protected:
    void start() {
        daemon_.emplace(ChildOptions{.command = {DaemonProcess::binary(), "--bus=none",
                                                 "--socket=" + path("bus"), "--config=" + config()},
                                     .environment = {{"NOTIFY_SOCKET", notify_.path()}},
                                     .inherited = {},
                                     .inChild = {}});
        notify_.waitUntilReady(*daemon_);
    }
    void TearDown() override {
        daemon_->signal(SIGTERM);
        EXPECT_EQ(daemon_->wait(), 0) << daemon_->err();
    }
    void expectTold() {
        const auto before = std::chrono::steady_clock::now().time_since_epoch();
        daemon_->signal(SIGHUP);
        const std::string reloading = notify_.waitForMessage().text;
        const std::string start = "RELOADING=1\nMONOTONIC_USEC=";
        ASSERT_THAT(reloading, StartsWith(start));
        const std::chrono::microseconds at(std::stoll(reloading.substr(start.size())));
        EXPECT_GE(at, std::chrono::floor<std::chrono::microseconds>(before));
        EXPECT_THAT(notify_.waitForMessage().text, StartsWith("READY=1\nSTATUS="));
    }

private:
    NotifySocket notify_;
    std::optional<ChildProcess> daemon_;
};

TEST_F(ToldReload, BeginsAndEndsForTheServiceManager) {
    configure("");
    start();
    expectTold();
    expectTold();
}

TEST_F(ToldReload, EndsForTheServiceManagerAfterAMistakeToo) {
    configure("");
    start();
    configure("nonsense");
    expectTold();
}

} // namespace
} // namespace keventd::test
