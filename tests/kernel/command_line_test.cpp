// How keventd starts, ends, and says why it cannot: by exit status and one line.

#include "tests/support/bus_client.h"
#include "tests/support/daemon_process.h"
#include "tests/support/effective_user.h"

#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <unistd.h>

namespace keventd::test {
namespace {

constexpr int CannotStart = 1;
constexpr int WrongUsage = 2;

class CommandLine : public ::testing::Test {
protected:
    [[nodiscard]] const TemporaryDirectory& directory() const { return directory_; }
    [[nodiscard]] std::string socketOption(const std::string& name = "bus") const {
        return "--socket=" + directory_.file(name);
    }
    [[nodiscard]] std::string stateOption(const std::string& name = "state") const {
        return "--state=" + directory_.file(name);
    }

    static Finished keventd(const std::vector<std::string>& arguments) {
        std::vector<std::string> command{DaemonProcess::binary()};
        for (const std::string& argument : arguments) command.push_back(argument);
        return run(std::move(command));
    }

    // Runs a keventd that has nothing but its own socket.
    [[nodiscard]] Finished start(std::vector<std::string> arguments) const {
        arguments.emplace_back("--bus=none");
        return keventd(arguments);
    }

    static void expectOneLine(const Finished& finished, int status, const std::string& about) {
        EXPECT_EQ(finished.status, status) << finished.err;
        const std::vector<std::string> lines = linesBesideTheBuffers(finished.err);
        ASSERT_EQ(lines.size(), 1U) << finished.err;
        EXPECT_TRUE(lines[0].starts_with("keventd: ")) << finished.err;
        EXPECT_NE(lines[0].find(about), std::string::npos) << finished.err;
        EXPECT_EQ(finished.out, "");
    }

private:
    // Who is not root is warned of small buffers on the way.
    static std::vector<std::string> linesBesideTheBuffers(const std::string& err) {
        std::vector<std::string> lines;
        std::istringstream stream(err);
        for (std::string line; std::getline(stream, line);) {
            if (!line.starts_with("keventd: warning: receive buffer of the ")) lines.push_back(line);
        }
        return lines;
    }

    TemporaryDirectory directory_;
};

TEST_F(CommandLine, VersionIsPrinted) {
    const Finished finished = keventd({"--version"});
    EXPECT_EQ(finished.status, 0);
    EXPECT_EQ(finished.out, std::string("keventd ") + KEVENTD_VERSION + "\n");
    EXPECT_EQ(finished.err, "");
}

TEST_F(CommandLine, HelpNamesEveryOption) {
    const Finished finished = keventd({"--help"});
    EXPECT_EQ(finished.status, 0);
    for (const char* option :
         {"--socket", "--bus", "--state", "--history", "--reorder-wait", "--log-level", "--version"}) {
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

TEST_F(CommandLine, HistoryLargerThanMemoryIsNoReasonToDieSilently) {
    expectOneLine(start({socketOption(), "--history=900000G"}), CannotStart, "history");
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
    expectOneLine(start({socketOption(), stateOption()}), CannotStart, directory().file("bus"));
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

TEST_F(CommandLine, ForeignStateDirectoryIsNamed) {
    if (geteuid() != 0) GTEST_SKIP() << "needs root, to become another user";
    const auto asNobody = [&](const std::string& option) {
        return run(ChildOptions{.command = {DaemonProcess::binary(), option, socketOption(), "--bus=none"},
                                .environment = {},
                                .inherited = {},
                                .inChild = [] {
                                    if (setresuid(Nobody, Nobody, Nobody) < 0) _exit(126);
                                }});
    };
    if (asNobody("--version").status != 0)
        GTEST_SKIP() << "another user cannot run " << DaemonProcess::binary();
    expectOneLine(asNobody(stateOption()), CannotStart, directory().file("state"));
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

TEST_F(CommandLine, StreamIsAnotherOneAfterARestart) {
    const DaemonOptions options{.arguments = {stateOption()}};
    const auto streamOfOneLife = [&] { return BusClient(DaemonProcess(options).address()).streamId(); };
    const std::string first = streamOfOneLife();
    EXPECT_EQ(first.size(), 32U);
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
