#include "client/keventctl/replacement.h"

#include "client/keventctl/broken_pipe.h"
#include "client/keventctl/printable.h"

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <unistd.h>

namespace keventd::ctl {
namespace {

/// @return as execve(2) takes it; borrowed
std::vector<char*> pointersTo(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    pointers.reserve(texts.size() + 1);
    for (std::string& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

} // namespace

ExitStatus replaceProcess(std::vector<std::string> command, std::vector<std::string> environment) {
    const std::vector<char*> arguments = pointersTo(command);
    const std::vector<char*> variables = pointersTo(environment);
    restoreBrokenPipes();
    ::execvpe(arguments.front(), arguments.data(), variables.data());
    const int error = errno;
    std::fprintf(stderr, "keventctl: cannot run '%s': %s\n", printable(command.front()).c_str(),
                 std::generic_category().message(error).c_str());
    return error == ENOENT ? ExitStatus::NotFound : ExitStatus::CannotRun;
}

} // namespace keventd::ctl
