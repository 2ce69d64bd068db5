// How keventd starts for another user than root, and says what that one may not do.

#include "tests/kernel/command_line_test.h"
#include "tests/support/effective_user.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <map>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

namespace keventd::test {
namespace {

// Another user, who may not get at the file that was built.
class CommandLineOfAnotherUser : public CommandLine {
protected:
    void SetUp() override {
        if (geteuid() != 0) GTEST_SKIP() << "needs root, to become another user";
        std::filesystem::copy_file(DaemonProcess::binary(), directory().file("keventd"));
    }
    [[nodiscard]] std::string makeForeignDirectory(const std::string& name) const {
        std::filesystem::create_directory(directory().file(name));
        return directory().file(name);
    }
    [[nodiscard]] Finished startAsNobody(std::vector<std::string> arguments,
                                         std::map<std::string, std::string> environment = {}) const {
        arguments.insert(arguments.begin(), directory().file("keventd"));
        arguments.emplace_back("--bus=none");
        arguments.emplace_back("--config=/dev/null");
        ChildOptions options = asNobody(std::move(arguments));
        options.environment = std::move(environment);
        return run(std::move(options));
    }
};

TEST_F(CommandLineOfAnotherUser, StateDirectoryThatMayNotBeMadeIsNamed) {
    expectOneLine(startAsNobody({socketOption(), stateOption()}), CannotStart, directory().file("state"));
}

TEST_F(CommandLineOfAnotherUser, StateDirectoryThatMayNotBeWrittenIsNamed) {
    const std::string state = makeForeignDirectory("state");
    expectOneLine(startAsNobody({socketOption(), stateOption()}), CannotStart, state);
}

TEST_F(CommandLineOfAnotherUser, LockThatMayNotBeOpenedIsNamed) {
    const std::string state = makeForeignDirectory("state");
    ASSERT_EQ(DaemonProcess({.arguments = {"--state=" + state}}).stop(), 0);
    EXPECT_EQ(std::filesystem::status(state + "/lock").permissions(), std::filesystem::perms(0600));
    ASSERT_EQ(chown(state.c_str(), Nobody, Nobody), 0);
    expectOneLine(startAsNobody({socketOption(), stateOption()}), CannotStart, state);
}

TEST_F(CommandLineOfAnotherUser, SocketsDirectoryThatMayNotBeWrittenIsNamed) {
    const std::string sockets = makeForeignDirectory("sockets");
    const std::string state = makeForeignDirectory("state");
    ASSERT_EQ(chown(state.c_str(), Nobody, Nobody), 0);
    expectOneLine(startAsNobody({socketOption("sockets/bus"), stateOption()}), CannotStart, sockets + "/bus");
}

TEST_F(CommandLineOfAnotherUser, WithoutARuntimeDirectoryTheSocketMustBeNamed) {
    expectOneLine(startAsNobody({}, {{"XDG_RUNTIME_DIR", ""}}), WrongUsage, "--socket");
}

TEST_F(CommandLineOfAnotherUser, SocketIsInTheRuntimeDirectoryByDefault) {
    const std::string runtime = makeForeignDirectory("runtime");
    expectOneLine(startAsNobody({}, {{"XDG_RUNTIME_DIR", runtime}}), CannotStart, runtime + "/keventd");
}

// Such variables are inherited by whatever a service starts, such as a terminal's shell.
TEST_F(CommandLineOfAnotherUser, IsNoServiceForBeingADescendantOfOne) {
    const std::string runtime = makeForeignDirectory("runtime");
    expectOneLine(startAsNobody({}, {{"XDG_RUNTIME_DIR", runtime},
                                     {"INVOCATION_ID", "0123456789abcdef0123456789abcdef"},
                                     {"SYSTEMD_EXEC_PID", "1"},
                                     {"JOURNAL_STREAM", "8:12345"}}),
                  CannotStart, runtime + "/keventd");
}

} // namespace
} // namespace keventd::test
