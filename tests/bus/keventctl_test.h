// Fixture of the tests of keventctl: the real command against the real daemon, by each road.
#pragma once

#include "tests/bus/bus_test.h"
#include "tests/bus/piped_command.h"

#include <string>
#include <vector>

namespace keventd::test {

class KeventctlTest : public BusEventTest {
protected:
    using BusEventTest::BusEventTest;

    /// @return the command line: keventctl, told where the daemon is, and these arguments
    [[nodiscard]] std::vector<std::string> commandLine(const std::vector<std::string>& arguments) const;
    /// Runs it to its end.
    [[nodiscard]] Finished keventctl(const std::vector<std::string>& arguments) const;
    /// Starts `keventctl monitor` for this test's events, and returns when it has subscribed.
    /// @param arguments  more of them
    [[nodiscard]] PipedCommand monitor(const std::vector<std::string>& arguments = {}) const;

    /// Writes events and returns when they are in the history.
    void writeToHistory(std::uint64_t count);
    /// @return the id of the event of this number
    [[nodiscard]] std::uint64_t idOf(std::uint64_t number) const;
};

/// @return the lines of the text
[[nodiscard]] std::vector<std::string> linesOf(const std::string& text);
/// @return the number of each event in JSON, one a line
[[nodiscard]] std::vector<std::uint64_t> numbersInJson(const std::string& lines);
[[nodiscard]] std::uint64_t numberInJson(const std::string& line);

} // namespace keventd::test
