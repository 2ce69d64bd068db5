// How keventd starts, ends, and says why it cannot: by exit status and one line.

#include "tests/kernel/command_line_test.h"
#include "tests/support/unix_socket.h"

#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>
#include <vector>

namespace keventd::test {
namespace {

TEST_F(CommandLine, VersionIsPrinted) {
    const Finished finished = keventd({"--version"});
    EXPECT_EQ(finished.status, 0);
    EXPECT_EQ(finished.out, std::string("keventd ") + KEVENTD_VERSION + "\n");
    EXPECT_EQ(finished.err, "");
}

TEST_F(CommandLine, HelpNamesEveryOption) {
    const Finished finished = keventd({"--help"});
    EXPECT_EQ(finished.status, 0);
    for (const char* option : {"--config", "--socket", "--bus", "--state", "--history", "--reorder-wait",
                               "--broadcast-rate", "--log-level", "--version"}) {
        EXPECT_NE(finished.out.find(option), std::string::npos) << option;
    }
}

TEST_F(CommandLine, UnknownOptionIsNamed) {
    expectOneLine(start({"--frobnicate"}), WrongUsage, "--frobnicate");
}

TEST_F(CommandLine, UnknownArgumentIsNamed) {
    expectOneLine(start({"frobnicate"}), WrongUsage, "frobnicate");
}

TEST_F(CommandLine, HistoryOfNoSizeIsRefused) {
    expectOneLine(start({socketOption(), "--history=much"}), WrongUsage, "--history");
}

TEST_F(CommandLine, HistoryTooSmallForAnEventIsRefused) {
    expectOneLine(start({socketOption(), "--history=1K"}), WrongUsage, "--history");
}

TEST_F(CommandLine, UnknownLogLevelIsRefused) {
    expectOneLine(start({socketOption(), "--log-level=loud"}), WrongUsage, "--log-level");
}

TEST_F(CommandLine, NegativeReorderWaitIsRefused) {
    expectOneLine(start({socketOption(), "--reorder-wait=-1"}), WrongUsage, "--reorder-wait");
}

TEST_F(CommandLine, BroadcastRateOfNoNumberIsRefused) {
    expectOneLine(start({socketOption(), "--broadcast-rate=many"}), WrongUsage, "--broadcast-rate");
}

TEST_F(CommandLine, BroadcastRateThatIsTooHighIsRefused) {
    expectOneLine(start({socketOption(), "--broadcast-rate=1000001"}), WrongUsage, "--broadcast-rate");
}

TEST_F(CommandLine, HistoryLargerThanMemoryIsNoReasonToDieSilently) {
    expectOneLine(start({socketOption(), "--history=900000G"}), CannotStart, directory().file("state"));
}

TEST_F(CommandLine, MalformedBusAddressIsNamed) {
    expectOneLine(keventd({socketOption(), "--bus=no address"}), WrongUsage, "no address");
}

TEST_F(CommandLine, StateDirectoryThatCannotBeMadeIsNamed) {
    expectOneLine(start({socketOption(), stateOption("missing/state")}), CannotStart,
                  directory().file("missing/state"));
}

TEST_F(CommandLine, StateDirectoryThatIsAFileIsNamed) {
    std::ofstream(directory().file("state")) << "a file";
    expectOneLine(start({socketOption(), stateOption()}), CannotStart, directory().file("state"));
}

TEST_F(CommandLine, StateDirectoryThatIsHeldIsNamedWithItsHolder) {
    DaemonProcess holder({.arguments = {stateOption()}});
    const Finished finished = start({socketOption(), stateOption()});
    expectOneLine(finished, CannotStart, directory().file("state"));
    EXPECT_NE(finished.err.find(std::to_string(holder.pid())), std::string::npos) << finished.err;
}

TEST_F(CommandLine, SocketThatIsServedIsNamedAndLeftAlone) {
    DaemonProcess holder({.socket = directory().file("bus")});
    expectOneLine(start({socketOption(), stateOption("other")}), CannotStart, directory().file("bus"));
    EXPECT_NO_THROW(BusClient(holder.address()).sync());
}

TEST_F(CommandLine, SocketThatAKilledDaemonLeftIsReplaced) {
    const DaemonOptions options{.socket = directory().file("bus")};
    DaemonProcess(options).kill();
    ASSERT_EQ(access(options.socket.c_str(), F_OK), 0);
    DaemonProcess second(options);
    EXPECT_NO_THROW(BusClient(second.address()).sync());
}

TEST_F(CommandLine, FileInTheSocketsPlaceIsNamedAndLeftAlone) {
    std::ofstream(directory().file("bus")) << "precious";
    expectOneLine(start({socketOption(), stateOption()}), CannotStart, directory().file("bus"));
    EXPECT_EQ(readFile(directory().file("bus")), "precious");
}

TEST_F(CommandLine, DirectoryInTheSocketsPlaceIsNamed) {
    std::filesystem::create_directory(directory().file("bus"));
    expectOneLine(start({socketOption(), stateOption()}), CannotStart, directory().file("bus"));
}

TEST_F(CommandLine, LinkInTheSocketsPlaceIsNamedAndNotFollowed) {
    std::filesystem::create_symlink(directory().file("elsewhere"), directory().file("bus"));
    expectOneLine(start({socketOption(), stateOption()}), CannotStart, directory().file("bus"));
    EXPECT_FALSE(std::filesystem::exists(directory().file("elsewhere")));
}

TEST_F(CommandLine, SocketPathTooLongIsNamed) {
    const std::string name(200, 'x');
    expectOneLine(start({socketOption(name), stateOption()}), CannotStart, name);
}

TEST_F(CommandLine, SocketInAMissingDirectoryOfAMissingDirectoryIsNamed) {
    expectOneLine(start({socketOption("a/b/bus"), stateOption()}), CannotStart, directory().file("a/b"));
}

TEST_F(CommandLine, SocketsDirectoryIsMade) {
    DaemonProcess daemon({.socket = directory().file("made/bus")});
    EXPECT_NO_THROW(BusClient(daemon.address()).sync());
}

TEST_F(CommandLine, SocketIsOpenToEverybody) {
    DaemonProcess daemon;
    EXPECT_EQ(std::filesystem::status(daemon.socketPath()).permissions(), std::filesystem::perms(0666));
}

TEST_F(CommandLine, SessionBusThatIsNowhereIsNamed) {
    const Finished finished = run(ChildOptions{
        .command = {DaemonProcess::binary(), socketOption(), "--bus=session", "--config=/dev/null"},
        .environment = {{"DBUS_SESSION_BUS_ADDRESS", ""}, {"XDG_RUNTIME_DIR", ""}},
        .inherited = {},
        .inChild = {},
    });
    expectOneLine(finished, CannotStart, "DBUS_SESSION_BUS_ADDRESS");
}

TEST_F(CommandLine, OptionWithNothingBehindItsEqualSignIsNamed) {
    expectOneLine(start({"--socket=", stateOption()}), WrongUsage, "--socket: the value is empty");
}

// A full backlog is no proof that nobody listens. (That of an inherited socket can be small.)
TEST_F(CommandLine, SocketOfADaemonThatDoesNotAcceptIsLeftAlone) {
    const std::string path = directory().file("bus");
    const UniqueFd listener = listenAt(path, 0);
    DaemonProcess holder({.inherited = {listener.get()}});
    holder.freeze();
    std::vector<UniqueFd> waiting = fillBacklog(path);
    expectOneLine(start({socketOption(), stateOption()}), CannotStart, path);
    waiting.clear();
    holder.thaw();
    bool isServed = false;
    for (const Deadline deadline; !isServed && !deadline.expired();) {
        if (!connectTo(path)) continue; // there is still a crowd
        isServed = canSync("unix:path=" + path);
    }
    EXPECT_TRUE(isServed) << holder.log();
}

TEST_F(CommandLine, InheritedPrivateSocketIsServedAndLeftAtTheEnd) {
    const std::string path = directory().file("inherited");
    const UniqueFd listener = listenAt(path);
    {
        DaemonProcess daemon({.inherited = {listener.get()}});
        EXPECT_NO_THROW(BusClient("unix:path=" + path).sync());
        EXPECT_FALSE(std::filesystem::exists(daemon.socketPath())) << "it opened none of its own";
        ASSERT_EQ(daemon.stop(), 0);
    }
    EXPECT_TRUE(std::filesystem::exists(path));
}

// In a mount namespace whose /run is empty.
TEST_F(CommandLine, SocketOfRootIsInRunByDefault) {
    if (geteuid() != 0) GTEST_SKIP() << "needs root";
    ChildProcess daemon({.command = {DaemonProcess::binary(), "--bus=none", "--config=/dev/null"},
                         .environment = {},
                         .inherited = {},
                         .inChild = [] {
                             if (unshare(CLONE_NEWNS) < 0 ||
                                 mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) < 0 ||
                                 mount("tmpfs", "/run", "tmpfs", 0, nullptr) < 0) {
                                 _exit(126);
                             }
                         }});
    const std::string run = "/proc/" + std::to_string(daemon.pid()) + "/root/run/keventd";
    bool isServed = false;
    for (const Deadline deadline; !isServed && !deadline.expired();)
        isServed = canSync("unix:path=" + run + "/bus");
    EXPECT_TRUE(isServed) << daemon.err();
    EXPECT_TRUE(std::filesystem::exists(run + "/lock"));
    daemon.signal(SIGTERM);
    EXPECT_EQ(daemon.wait(), 0) << daemon.err();
}

TEST_F(CommandLine, MemoryForTheHistoryIsTakenAsItIsUsed) {
    DaemonProcess daemon({.arguments = {"--history=1G"}});
    EXPECT_LT(daemon.rssBytes(), 512U << 20U);
}

TEST_F(CommandLine, StateDirectoryIsThatOfTheSocketByDefault) {
    DaemonProcess daemon({.socket = directory().file("bus")});
    EXPECT_TRUE(std::filesystem::exists(directory().file("lock")));
    EXPECT_TRUE(std::filesystem::exists(directory().file("state")));
}

TEST_F(CommandLine, StateFileThatIsNoFileIsNamedAndLeftAlone) {
    std::filesystem::create_directory(directory().file("state"));
    expectOneLine(start({socketOption()}), CannotStart, "state file " + directory().file("state"));
    EXPECT_TRUE(std::filesystem::is_directory(directory().file("state")));
}

TEST_F(CommandLine, SigtermEndsItInOrder) {
    DaemonProcess daemon;
    EXPECT_EQ(daemon.stop(), 0) << daemon.log();
    EXPECT_NE(access(daemon.socketPath().c_str(), F_OK), 0) << "its socket is gone";
}

TEST_F(CommandLine, SigintEndsItInOrder) {
    DaemonProcess daemon;
    daemon.signal(SIGINT);
    EXPECT_EQ(daemon.waitForEnd(), 0) << daemon.log();
}

TEST_F(CommandLine, SocketThatIsNoLongerItsOwnIsLeftAtTheEnd) {
    DaemonProcess daemon;
    std::filesystem::remove(daemon.socketPath());
    std::ofstream(daemon.socketPath()) << "somebody else's";
    EXPECT_EQ(daemon.stop(), 0) << daemon.log();
    EXPECT_EQ(readFile(daemon.socketPath()), "somebody else's");
}

TEST_F(CommandLine, StateDirectoryIsFreeAgainAfterTheEndHoweverItCame) {
    const DaemonOptions options{.arguments = {stateOption()}};
    EXPECT_EQ(DaemonProcess(options).stop(), 0);
    DaemonProcess(options).kill();
    EXPECT_NO_THROW(DaemonProcess{options});
}

TEST_F(CommandLine, StreamIsTheSameAfterARestart) {
    const DaemonOptions options{.arguments = {stateOption()}};
    const auto streamOfOneLife = [&] { return BusClient(DaemonProcess(options).address()).streamId(); };
    const std::string first = streamOfOneLife();
    EXPECT_EQ(first.size(), 32U);
    EXPECT_EQ(streamOfOneLife(), first);
}

TEST_F(CommandLine, StreamIsAnotherOneWhenTheStateFileIsGone) {
    const DaemonOptions options{.arguments = {stateOption()}};
    const auto streamOfOneLife = [&] { return BusClient(DaemonProcess(options).address()).streamId(); };
    const std::string first = streamOfOneLife();
    ASSERT_TRUE(std::filesystem::remove(directory().file("state/state")));
    EXPECT_NE(streamOfOneLife(), first);
}

TEST_F(CommandLine, InheritedDescriptorOfNoUseIsClosedWithAWarning) {
    const UniqueFd useless(open("/dev/null", O_RDONLY | O_CLOEXEC));
    DaemonProcess daemon({.inherited = {useless.get()}});
    EXPECT_NE(daemon.log().find("warning: inherited descriptor 3"), std::string::npos) << daemon.log();
}

TEST_F(CommandLine, LogLevelErrorLeavesTheLogEmpty) {
    DaemonProcess daemon({.arguments = {"--log-level=error"}});
    EXPECT_EQ(daemon.stop(), 0);
    EXPECT_EQ(daemon.log(), "");
}

} // namespace
} // namespace keventd::test
