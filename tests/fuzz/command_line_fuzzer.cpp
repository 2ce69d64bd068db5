// A command line of any words, a line each: there is a command, or help was printed, or it is said what is
// wrong.
#include "client/keventctl/command_line.h"

#include "client/keventctl/commands.h"
#include "client/keventctl/usage_error.h"
#include "tests/fuzz/fuzz_input.h"

#include <iostream>
#include <sstream>
#include <vector>

namespace {

using keventd::fuzz::require;

std::vector<std::string> wordsFrom(keventd::fuzz::Input input) {
    std::vector<std::string> words{"keventctl"};
    while (!input.empty()) words.push_back(input.text());
    return words;
}

/// What is printed meanwhile on standard output.
class Printed {
public:
    Printed() : before_(std::cout.rdbuf(text_.rdbuf())) {}
    Printed(const Printed&) = delete;
    Printed& operator=(const Printed&) = delete;
    ~Printed() { std::cout.rdbuf(before_); }

    [[nodiscard]] std::string text() const { return text_.str(); }

private:
    std::ostringstream text_;
    std::streambuf* before_;
};

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::vector<std::string> words = wordsFrom({data, size});
    std::vector<const char*> argv;
    for (const std::string& word : words) argv.push_back(word.c_str());
    const Printed printed;
    try {
        const auto request = keventd::ctl::parseCommandLine(static_cast<int>(argv.size()), argv.data(),
                                                            keventd::ctl::makeCommands());
        require((request.command == nullptr) == !printed.text().empty(), "there is a command, or help");
    } catch (const keventd::ctl::UsageError& error) {
        require(*error.what() != '\0', "it is said what is wrong");
        require(printed.text().empty(), "what is wrong gets no help");
    }
    return 0;
}
