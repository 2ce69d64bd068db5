// Fixture of the tests of docs/examples: the programs as they are installed, with the real daemon. Their
// users will copy what they do.
//
// Each prints "ID SOURCE ACTION SUBSYSTEM OBJECT" of the events of a subsystem, its first argument; the
// second is an address.
#pragma once

#include "tests/bus/bus_test.h"
#include "tests/bus/piped_command.h"

#include <string>
#include <vector>

namespace keventd::test {

/// By all of them the examples say Hello.
inline const auto ExampleRoads =
    testing::Values(Road::GreetedPrivateSocket, Road::DbusDaemon, Road::DbusBroker);

using Command = std::vector<std::string>;

/// The one that Debian's python3-gi is for.
inline constexpr const char* Python = "/usr/bin/python3";

/// @return the file of docs/examples
[[nodiscard]] std::string exampleFile(const std::string& name);
/// @return whether the command ends with 0
[[nodiscard]] bool canRun(Command command);
/// @return the event as the examples print it
[[nodiscard]] std::string lineOf(const Event& event);
/// @return what is shown up to and with this line; everything, if it does not come
[[nodiscard]] std::vector<std::string> linesUntil(PipedCommand& example, const std::string& last);

class Example : public BusEventTest {
protected:
    /// @return the command, told to show this test's subsystem at this test's address
    [[nodiscard]] Command withArguments(Command command) const;
    /// Starts it so, and returns when it has subscribed.
    [[nodiscard]] PipedCommand start(Command command) const;

    /// @return what is to be shown of the history from this id on, up to the newest of this test's events
    [[nodiscard]] std::vector<std::string> linesOfHistory(std::uint64_t since) const;

    void expectToShowAnEvent(PipedCommand& example);
    /// Ends it with SIGTERM.
    void expectToEndWithoutATrace(PipedCommand example, int status) const;
};

} // namespace keventd::test
