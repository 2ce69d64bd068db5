// The examples that are shell scripts.

#include "tests/bus/example_test.h"
#include "tests/bus/keventctl_test.h"

#include <cstdlib>
#include <nlohmann/json.hpp>

namespace keventd::test {
namespace {

class ShellExample : public Example {
protected:
    void SetUp() override {
        if (!canRun({"jq", "--version"})) GTEST_SKIP() << "needs jq";
        Example::SetUp();
    }
    /// @return the command line of a script, which finds the keventctl that was built
    static Command script(const std::string& name) {
        const std::string program = KEVENTCTL_BINARY;
        const std::string path = program.substr(0, program.rfind('/')) + ":" + getenv("PATH");
        return {"env", "PATH=" + path, exampleFile(name)};
    }
};

TEST_P(ShellExample, FollowsEvents) {
    PipedCommand example = start(script("follow_events.sh"));
    expectToShowAnEvent(example);
}

TEST_P(ShellExample, EndsOnTerminate) {
    expectToEndWithoutATrace(start(script("follow_events.sh")), 0);
}

TEST_P(ShellExample, ReadsTheHistoryPageByPage) {
    uevents_.writeMany(2'000); // more than a page
    connect().sync();
    const Finished finished = run(withArguments(script("read_history.sh")));
    EXPECT_EQ(finished.status, 0) << finished.err;
    std::vector<std::string> shown;
    for (const std::string& line : linesOf(finished.out)) {
        const auto json = nlohmann::json::parse(line);
        Event event;
        event.id = json.at("id");
        event.source = json.at("source");
        event.action = json.at("action");
        event.subsystem = json.at("subsystem");
        event.object = json.at("object");
        shown.push_back(lineOf(event));
    }
    const std::vector<std::string> history = linesOfHistory(0);
    ASSERT_GE(shown.size(), history.size()); // others may have made more
    shown.resize(history.size());
    EXPECT_EQ(shown, history);
}

INSTANTIATE_TEST_SUITE_P(, ShellExample, ExampleRoads, NameOfRoad());

} // namespace
} // namespace keventd::test
