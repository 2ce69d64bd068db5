#include "client/keventctl/command_line.h"

#include "client/keventctl/commands.h"
#include "client/keventctl/usage_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace keventd::ctl {
namespace {

Request parse(const std::vector<const char*>& arguments) {
    std::vector<const char*> argv{"keventctl"};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    return parseCommandLine(static_cast<int>(argv.size()), argv.data(), makeCommands());
}

std::string errorOf(const std::vector<const char*>& arguments) {
    try {
        (void)parse(arguments);
    } catch (const UsageError& error) {
        return error.what();
    }
    return {};
}

TEST(CommandLine, FindsEachCommand) {
    for (const char* name : {"monitor", "history", "list", "wait", "sync", "status", "sources"}) {
        const Request request = parse({name});
        ASSERT_NE(request.command, nullptr) << name;
        EXPECT_STREQ(request.command->name(), name);
    }
}

TEST(CommandLine, TakesTheSocketBeforeAndAfterTheCommand) {
    EXPECT_EQ(parse({"--socket=/x/bus", "sync"}).bus.endpoint()->description, "/x/bus");
    EXPECT_EQ(parse({"sync", "--socket=/x/bus"}).bus.endpoint()->description, "/x/bus");
    EXPECT_EQ(parse({"sync", "--socket", "/x/bus"}).bus.endpoint()->description, "/x/bus");
}

TEST(CommandLine, TakesTheBusBeforeAndAfterTheCommand) {
    EXPECT_EQ(parse({"--bus=unix:path=/b", "sync"}).bus.endpoint()->address, "unix:path=/b");
    EXPECT_EQ(parse({"status", "--bus=system", "--json"}).bus.endpoint()->description, "the system bus");
}

TEST(CommandLine, RefusesSocketAndBusTogether) {
    EXPECT_THAT(errorOf({"--socket=/x", "--bus=system", "sync"}), testing::HasSubstr("only one of"));
    EXPECT_THAT(errorOf({"--socket=/x", "sync", "--bus=system"}), testing::HasSubstr("only one of"));
    EXPECT_THAT(errorOf({"--socket=/x", "sync", "--socket=/y"}), testing::HasSubstr("only one of"));
}

TEST(CommandLine, RefusesABusThatIsNone) {
    EXPECT_EQ(errorOf({"--bus=foo", "sync"}),
              "--bus: 'foo' is neither system nor session nor a D-Bus address");
}

TEST(CommandLine, RefusesAnEmptySocket) {
    EXPECT_EQ(errorOf({"--socket", "", "sync"}), "--socket: the path is empty");
}

TEST(CommandLine, RefusesAnOptionWithNothingBehindItsEqualSign) {
    EXPECT_EQ(errorOf({"--socket=", "sync"}), "--socket: the value is empty");
    EXPECT_EQ(errorOf({"history", "--count=", "5"}), "--count: the value is empty");
}

TEST(CommandLine, TakesAFilterForAnEmptyValue) {
    EXPECT_EQ(errorOf({"monitor", "ID_BUS="}), "filter 'ID_BUS=': empty glob");
}

TEST(CommandLine, RefusesAValueForAFlag) {
    EXPECT_THAT(errorOf({"monitor", "--json=false"}), testing::StartsWith("json was given"));
}

TEST(CommandLine, NamesWhatItDoesNotKnow) {
    EXPECT_THAT(errorOf({"sync", "--bogus"}), testing::StartsWith("unknown option '--bogus'"));
    EXPECT_THAT(errorOf({"bogus"}), testing::StartsWith("unknown command 'bogus'"));
    EXPECT_THAT(errorOf({"bogus", "a", "b"}), testing::StartsWith("unknown command 'bogus'"));
    EXPECT_THAT(errorOf({"sync", "more"}), testing::StartsWith("unknown argument 'more'"));
}

TEST(CommandLine, NamesWhatItDoesNotKnowBeforeTheCommand) {
    EXPECT_EQ(errorOf({"--colour", "sync"}), "unknown option '--colour' (see keventctl --help)");
    EXPECT_EQ(errorOf({"--colour", "monitor", "--frob"}), "unknown option '--colour' (see keventctl --help)");
    EXPECT_EQ(errorOf({"dance", "sync"}), "unknown command 'dance' (see keventctl --help)");
}

TEST(CommandLine, AsksForACommand) {
    EXPECT_THAT(errorOf({}), testing::StartsWith("a command is required"));
}

TEST(CommandLine, TakesOptionsBetweenFilters) {
    EXPECT_NE(parse({"monitor", "action=add", "--json", "ID_BUS=usb", "--count=3", "--since=5min"}).command,
              nullptr);
}

TEST(CommandLine, PassesOnWhatACommandRefuses) {
    EXPECT_EQ(errorOf({"monitor", "block"}), "filter 'block': not KEY=GLOB");
    EXPECT_EQ(errorOf({"history", "--count=none"}), "--count: 'none' is not a number of 1 or more");
    EXPECT_THAT(errorOf({"monitor", "--since=x"}), testing::StartsWith("--since: 'x' is neither"));
    EXPECT_THAT(errorOf({"monitor", "--timeout=x"}), testing::StartsWith("--timeout: 'x' is not"));
}

TEST(CommandLine, LeavesWhatStandsBehindTwoDashesToTheCommandThatIsToBeRun) {
    EXPECT_NE(parse({"wait", "action=add", "--", "sh", "-c", "exit 3", "--json", "--", "x="}).command,
              nullptr);
    EXPECT_NE(parse({"wait", "action=add", "--", "env", "--unset="}).command, nullptr);
}

TEST(CommandLine, AsksForACommandBehindTwoDashes) {
    EXPECT_EQ(errorOf({"wait", "action=add", "--"}), "--: a command must follow");
    EXPECT_EQ(errorOf({"wait", "action=add", "--", ""}), "--: a command must follow");
}

TEST(CommandLine, TakesForArgumentsWhatStandsBehindTwoDashesWhereNoCommandIsRun) {
    EXPECT_NE(parse({"monitor", "action=add", "--", "ID_BUS=usb"}).command, nullptr);
    EXPECT_EQ(errorOf({"monitor", "--", "--json"}), "filter '--json': not KEY=GLOB");
    EXPECT_EQ(errorOf({"sync", "--", "--json"}), "unknown argument '--json'");
}

TEST(CommandLine, HasNothingToRunAfterHelpAndVersion) {
    testing::internal::CaptureStdout();
    EXPECT_EQ(parse({"--help"}).command, nullptr);
    EXPECT_EQ(parse({"monitor", "--help"}).command, nullptr);
    EXPECT_EQ(parse({"--version"}).command, nullptr);
    const std::string shown = testing::internal::GetCapturedStdout();
    EXPECT_THAT(shown, testing::HasSubstr("monitor"));
    EXPECT_THAT(shown, testing::HasSubstr("--timeout"));
    EXPECT_THAT(shown, testing::HasSubstr("keventctl " KEVENTD_VERSION));
}

} // namespace
} // namespace keventd::ctl
