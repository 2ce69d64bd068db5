#include "tests/bus/example_test.h"

#include "keventd/names.h"

#include <csignal>
#include <gmock/gmock.h>
#include <utility>

namespace keventd::test {
namespace {

constexpr const char* Subsystem = "mem";

} // namespace

std::string exampleFile(const std::string& name) {
    return std::string(EXAMPLES) + "/" + name;
}

bool canRun(Command command) {
    return run(std::move(command)).status == 0;
}

std::string lineOf(const Event& event) {
    return std::to_string(event.id) + " " + event.source + " " + event.action + " " + event.subsystem + " " +
           event.object;
}

std::vector<std::string> linesUntil(PipedCommand& example, const std::string& last) {
    std::vector<std::string> lines;
    for (const Deadline deadline; lines.empty() || lines.back() != last;) {
        const auto line = example.readLine(deadline);
        if (!line) break;
        lines.push_back(*line);
    }
    return lines;
}

Command Example::withArguments(Command command) const {
    command.emplace_back(Subsystem);
    command.push_back(address());
    return command;
}

PipedCommand Example::start(Command command) const {
    PipedCommand example(withArguments(std::move(command)));
    EXPECT_TRUE(hasSubscriptions(1)) << example.process().err();
    return example;
}

std::vector<std::string> Example::linesOfHistory(std::uint64_t since) const {
    const BusClient client = connect();
    client.sync();
    Wanted wanted;
    wanted.since = since;
    wanted.filters[names::option::Subsystems] = {Subsystem};
    std::vector<std::string> lines;
    std::size_t end = 0;
    for (const Event& event : client.wholeHistory(wanted)) {
        lines.push_back(lineOf(event));
        if (uevents_.hasWritten(event) && numberOf(event) == uevents_.written()) end = lines.size();
    }
    EXPECT_GT(end, 0U) << "the history does not have the newest event";
    lines.resize(end);
    return lines;
}

void Example::expectToShowAnEvent(PipedCommand& example) {
    uevents_.write();
    const std::vector<std::string> history = linesOfHistory(0);
    ASSERT_FALSE(history.empty());
    const std::vector<std::string> shown = linesUntil(example, history.back());
    EXPECT_THAT(shown, testing::Contains(history.back())) << example.process().err();
}

void Example::expectToEndWithoutATrace(PipedCommand example, int status) const {
    example.process().signal(SIGTERM);
    EXPECT_EQ(example.process().wait(), status);
    EXPECT_EQ(example.process().err(), "");
    EXPECT_TRUE(hasSubscriptions(0));
}

} // namespace keventd::test
