#include "tests/bus/keventctl_test.h"

#include "keventd/names.h"

#include <nlohmann/json.hpp>
#include <sstream>

namespace keventd::test {

std::vector<std::string> KeventctlTest::commandLine(const std::vector<std::string>& arguments) const {
    std::vector<std::string> command{KEVENTCTL_BINARY};
    command.push_back(isPrivate() ? "--socket=" + address().substr(sizeof "unix:path=" - 1)
                                  : "--bus=" + address());
    command.insert(command.end(), arguments.begin(), arguments.end());
    return command;
}

Finished KeventctlTest::keventctl(const std::vector<std::string>& arguments) const {
    return run(commandLine(arguments));
}

PipedCommand KeventctlTest::monitor(const std::vector<std::string>& arguments) const {
    std::vector<std::string> all{"monitor", uevents_.term()};
    all.insert(all.end(), arguments.begin(), arguments.end());
    PipedCommand command(commandLine(all));
    EXPECT_TRUE(hasSubscriptions(1)) << command.process().err();
    return command;
}

void KeventctlTest::writeToHistory(std::uint64_t count) {
    uevents_.writeMany(count);
    connect().sync();
}

std::uint64_t KeventctlTest::idOf(std::uint64_t number) const {
    for (const Event& event : connect().wholeHistory(uevents_.wanted())) {
        if (numberOf(event) == number) return event.id;
    }
    ADD_FAILURE() << "event " << number << " is not in the history";
    return 0;
}

std::vector<std::string> linesOf(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

std::uint64_t numberInJson(const std::string& line) {
    const auto json = nlohmann::json::parse(line);
    return std::stoull(json.at("properties").at("SYNTH_ARG_N").get<std::string>());
}

std::vector<std::uint64_t> numbersInJson(const std::string& lines) {
    std::vector<std::uint64_t> numbers;
    for (const std::string& line : linesOf(lines)) numbers.push_back(numberInJson(line));
    return numbers;
}

} // namespace keventd::test
