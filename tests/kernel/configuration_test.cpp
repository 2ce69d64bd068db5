// What configuration files say is in force; one that cannot be used is told at the start, by place.

#include "tests/kernel/configured_daemon.h"
#include "tests/support/effective_user.h"

#include <csignal>
#include <cstdint>
#include <map>
#include <sched.h>
#include <sstream>
#include <sys/mount.h>
#include <unistd.h>

namespace keventd::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

constexpr int CannotStart = 1;

// The index of the history takes some of its memory.
std::uint64_t historyMebibytes(const std::map<std::string, std::uint64_t>& statistics) {
    const auto capacity = statistics.find("history.capacity_bytes");
    return capacity == statistics.end() ? 0 : (capacity->second >> 20U) + 1;
}

class ConfigurationFile : public ConfiguredDaemon {
protected:
    [[nodiscard]] std::vector<std::string> refusal(const std::vector<std::string>& arguments = {}) const {
        std::vector<std::string> command{DaemonProcess::binary(), "--bus=none", "--config=" + config(),
                                         "--socket=" + path("bus")};
        command.insert(command.end(), arguments.begin(), arguments.end());
        const Finished finished = run(std::move(command));
        EXPECT_EQ(finished.status, CannotStart) << finished.err;
        std::vector<std::string> lines;
        std::istringstream stream(finished.err);
        for (std::string line; std::getline(stream, line);) lines.push_back(line);
        return lines;
    }
};

TEST_F(ConfigurationFile, ThatIsNamedAndMissingIsNamedInOneLine) {
    EXPECT_THAT(refusal(), ElementsAre("keventd: error: " + config() + ": open: No such file or directory"));
}

TEST_F(ConfigurationFile, WithSeveralMistakesIsToldEachInOneLine) {
    configure("[log]\nlevel = 'loud'\n[history]\nsize = 1\n");
    write("keventd.toml.d/a.toml", "[limits.client]\nwindows = 3\n");
    EXPECT_THAT(refusal(), ElementsAre(StartsWith("keventd: error: " + config() + ":2:1: log.level: "),
                                       StartsWith("keventd: error: " + config() + ":4:1: history.size: "),
                                       StartsWith("keventd: error: " + path("keventd.toml.d/a.toml") +
                                                  ":2:1: limits.client.windows: unknown key")));
    EXPECT_FALSE(std::filesystem::exists(path("bus")));
}

TEST_F(ConfigurationFile, WithAMistakeIsToldWhateverTheLogLevel) {
    configure("[log\n");
    EXPECT_THAT(refusal({"--log-level=error"}), ElementsAre(HasSubstr(config() + ":1:")));
}

TEST_F(ConfigurationFile, ThatMayNotBeReadIsNamed) {
    if (geteuid() != 0) GTEST_SKIP() << "needs root, to become another user";
    configure("");
    std::filesystem::permissions(config(), std::filesystem::perms(0600));
    std::filesystem::copy_file(DaemonProcess::binary(), path("keventd"));
    const Finished finished =
        run(asNobody({path("keventd"), "--bus=none", "--config=" + config(), "--socket=" + path("bus")}));
    EXPECT_EQ(finished.status, CannotStart);
    EXPECT_EQ(finished.err, "keventd: error: " + config() + ": open: Permission denied\n");
}

TEST_F(ConfigurationFile, SetsWhatTheCommandLineCanSet) {
    configure("history.size = '1M'\norder.reorder_wait_ms = 7\nstate.directory = '" + path("state") + "'\n");
    DaemonProcess daemon(options());
    EXPECT_EQ(historyMebibytes(daemon.statistics()), 1U);
    EXPECT_EQ(daemon.statistics().at("stream.reorder_wait_ms"), 7U);
    EXPECT_TRUE(std::filesystem::exists(path("state/lock")));
    EXPECT_THAT(daemon.log(), HasSubstr("configuration from " + config()));
}

TEST_F(ConfigurationFile, IsOverruledByTheCommandLine) {
    configure("history.size = '1M'\norder.reorder_wait_ms = 7\nlog.level = 'debug'\n");
    DaemonProcess daemon(options({"--history=2M", "--reorder-wait=8", "--log-level=error"}));
    EXPECT_EQ(historyMebibytes(daemon.statistics()), 2U);
    EXPECT_EQ(daemon.statistics().at("stream.reorder_wait_ms"), 8U);
    EXPECT_EQ(daemon.stop(), 0);
    EXPECT_EQ(daemon.log(), "");
}

TEST_F(ConfigurationFile, IsOverruledByADropIn) {
    configure("history.size = '1M'\norder.reorder_wait_ms = 7\n");
    write("keventd.toml.d/50-history.toml", "history.size = '2M'\n");
    DaemonProcess daemon(options());
    EXPECT_EQ(historyMebibytes(daemon.statistics()), 2U);
    EXPECT_EQ(daemon.statistics().at("stream.reorder_wait_ms"), 7U);
}

TEST_F(ConfigurationFile, SetsTheLogLevel) {
    configure("log.level = 'error'\n");
    DaemonProcess daemon(options());
    EXPECT_EQ(daemon.stop(), 0);
    EXPECT_EQ(daemon.log(), "");
}

TEST_F(ConfigurationFile, SetsTheSocket) {
    configure("socket.path = '" + path("a/bus") + "'\nbus.address = 'none'\n");
    ChildProcess daemon({.command = {DaemonProcess::binary(), "--config=" + config()},
                         .environment = {},
                         .inherited = {},
                         .inChild = {}});
    bool isServed = false;
    for (const Deadline deadline; !isServed && !deadline.expired();) {
        try {
            BusClient("unix:path=" + path("a/bus")).sync();
            isServed = true;
        } catch (const std::runtime_error&) { // not yet
        }
    }
    EXPECT_TRUE(isServed) << daemon.err();
    daemon.signal(SIGTERM);
    EXPECT_EQ(daemon.wait(), 0) << daemon.err();
}

// In a mount namespace with another /etc. (Async-signal-safe: the path is made before the fork.)
TEST_F(ConfigurationFile, IsInEtcByDefaultWithDropInsBesideIt) {
    if (geteuid() != 0) GTEST_SKIP() << "needs root";
    write("etc/keventd/keventd.toml", "history.size = '1M'\norder.reorder_wait_ms = 7\n");
    write("etc/keventd/keventd.toml.d/a.toml",
          "history.size = '2M'\nstate.directory = '" + path("state") + "'\n");
    write("socket/unused", "");
    const std::string etc = path("etc");
    ChildProcess daemon({.command = {DaemonProcess::binary(), "--bus=none", "--socket=" + path("socket/bus")},
                         .environment = {},
                         .inherited = {},
                         .inChild = [&etc] {
                             if (unshare(CLONE_NEWNS) < 0 ||
                                 mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) < 0 ||
                                 mount(etc.c_str(), "/etc", nullptr, MS_BIND, nullptr) < 0) {
                                 _exit(126);
                             }
                         }});
    std::map<std::string, std::uint64_t> statistics;
    for (const Deadline deadline; statistics.empty() && !deadline.expired();) {
        try {
            statistics = BusClient("unix:path=" + path("socket/bus")).statistics();
        } catch (const std::runtime_error&) { // not yet
        }
    }
    EXPECT_EQ(historyMebibytes(statistics), 2U) << daemon.err();
    EXPECT_EQ(statistics["stream.reorder_wait_ms"], 7U);
    EXPECT_THAT(daemon.err(), HasSubstr("configuration from /etc/keventd/keventd.toml, "
                                        "/etc/keventd/keventd.toml.d/a.toml"));
    daemon.signal(SIGTERM);
    EXPECT_EQ(daemon.wait(), 0) << daemon.err();
}

TEST_F(ConfigurationFile, LimitsTheSubscriptionsOfAClient) {
    configure("limits.client.subscriptions = 3\n");
    DaemonProcess daemon(options());
    const BusClient client(daemon.address());
    for (int i = 0; i < 3; ++i) EXPECT_EQ(subscribe(client), "");
    EXPECT_THAT(subscribe(client),
                AllOf(HasSubstr(names::error::LimitExceeded),
                      HasSubstr("more than 3 subscriptions of one client (limits.client.subscriptions)")));
}

TEST_F(ConfigurationFile, LimitsFilters) {
    configure("limits.client = {filter_terms = 2, filter_bytes = 64}\n");
    DaemonProcess daemon(options());
    const BusClient client(daemon.address());
    Wanted wanted;
    wanted.filters[names::option::Objects] = {"a", std::string(63, 'x')};
    EXPECT_EQ(subscribe(client, wanted), "");
    wanted.filters[names::option::Objects] = {std::string(65, 'x')};
    EXPECT_THAT(subscribe(client, wanted),
                HasSubstr("more than 64 bytes of globs (limits.client.filter_bytes)"));
    wanted.filters[names::option::Objects] = {"a", "b", "c"};
    EXPECT_THAT(subscribe(client, wanted), HasSubstr("more than 2 globs (limits.client.filter_terms)"));
}

TEST_F(ConfigurationFile, LimitsTheWindow) {
    configure("limits.client.window = 100\n");
    DaemonProcess daemon(options());
    const BusClient client(daemon.address());
    Wanted wanted;
    wanted.window = 100;
    EXPECT_EQ(subscribe(client, wanted), "");
    wanted.window = 101;
    EXPECT_THAT(subscribe(client, wanted),
                HasSubstr("option 'window': 101 is not within 1 and 100 (limits.client.window)"));
    EXPECT_EQ(subscribe(client), "") << "less than the default window is allowed, and one that asks for none";
}

TEST_F(ConfigurationFile, OfNarrowLimitsSuitsKeventctl) {
    configure("limits.client = {window = 1, filter_terms = 1}\n");
    DaemonProcess daemon(options());
    const auto monitor = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {KEVENTCTL_BINARY, "--socket=" + daemon.socketPath(), "monitor"});
        return run(std::move(arguments));
    };
    const Finished quiet = monitor({"--timeout=100ms", "subsystem=none"});
    EXPECT_EQ(quiet.status, 3) << quiet.err; // the time was up, and nothing else
    EXPECT_THAT(monitor({"subsystem=none,other"}).err, HasSubstr("limits.client.filter_terms"));
}

// Numbers that another network namespace has used are waited for, here for ten seconds.
TEST_F(ConfigurationFile, LimitsTheCallsThatWait) {
    if (geteuid() != 0) GTEST_SKIP() << "needs root, for a network namespace";
    configure("limits.client.calls = 2\norder.reorder_wait_ms = 10000\n");
    DaemonProcess daemon(options());
    const BusClient client(daemon.address());
    static_cast<void>(client.streamId());
    ASSERT_EQ(run({"/usr/bin/unshare", "--net", "true"}).status, 0);
    for (int i = 0; i < 2; ++i) {
        std::uint64_t cookie = 0;
        checkBus(sd_bus_send(client.get(), client.newCall(names::method::Sync).get(), &cookie), "call Sync");
    }
    try {
        client.sync();
        ADD_FAILURE() << "the third call was taken";
    } catch (const CallError& error) {
        EXPECT_THAT(error.what(), HasSubstr("more than 2 calls of one client waiting (limits.client.calls)"));
    }
}

TEST_F(ConfigurationFile, LimitsTheConnectionsOfAUser) {
    if (geteuid() != 0) GTEST_SKIP() << "needs root, to become another user";
    configure("limits.user.connections = 2\n");
    DaemonProcess daemon(options());
    std::vector<BusClient> clients;
    const auto connectAsNobody = [&] {
        const EffectiveUser nobody(Nobody);
        clients.emplace_back(daemon.address());
        static_cast<void>(clients.back().streamId());
    };
    EXPECT_NO_THROW(connectAsNobody());
    EXPECT_NO_THROW(connectAsNobody());
    EXPECT_ANY_THROW(connectAsNobody());
    EXPECT_THAT(daemon.log(), HasSubstr("user 65534 has 2 private connections (limits.user.connections)"));
}

} // namespace
} // namespace keventd::test
