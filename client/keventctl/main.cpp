// keventctl: the command line of keventd. Reports every failure, once, and knows its exit status.

#include "client/keventctl/broken_pipe.h"
#include "client/keventctl/command_line.h"
#include "client/keventctl/commands.h"
#include "client/keventctl/printable.h"
#include "client/keventctl/usage_error.h"
#include "keventd/names.h"

#include <cstdio>
#include <exception>
#include <fcntl.h>
#include <string_view>
#include <unistd.h>

namespace keventd::ctl {
namespace {

ExitStatus run(int argc, const char* const* argv) {
    const Request request = parseCommandLine(argc, argv, makeCommands());
    if (!request.command) return ExitStatus::Done;
    return request.command->run(Connector(request.bus.endpoint()));
}

/// A filter that the daemon refuses is the user's mistake like one that we refuse ourselves.
ExitStatus statusOf(const RequestError& error) {
    const std::string_view name = error.name();
    const bool isOfUser = name == names::error::InvalidFilter || name == names::error::InvalidOption ||
                          name == names::error::LimitExceeded;
    return isOfUser ? ExitStatus::Usage : ExitStatus::Connection;
}

ExitStatus fail(ExitStatus status, const std::exception& error) {
    std::fprintf(stderr, "keventctl: %s\n", printable(error.what()).c_str());
    return status;
}

ExitStatus runReporting(int argc, const char* const* argv) {
    try {
        return run(argc, argv);
    } catch (const UsageError& error) {
        return fail(ExitStatus::Usage, error);
    } catch (const RequestError& error) {
        return fail(statusOf(error), error);
    } catch (const InterruptedError&) {
        return ExitStatus::Done; // of a command that wants to know of signals
    } catch (const TimeoutError& error) {
        return fail(ExitStatus::TimedOut, error);
    } catch (const std::exception& error) {
        return fail(ExitStatus::Connection, error);
    }
}

/// A descriptor below 3 that is closed would be given to the next thing that is opened, and what is printed
/// would go there. To such a one nothing can be written now either: /dev/null is opened for reading.
void occupyStandardDescriptors() {
    for (int fd = ::open("/dev/null", O_RDONLY); fd >= 0; fd = ::open("/dev/null", O_RDONLY)) {
        if (fd <= STDERR_FILENO) continue;
        ::close(fd);
        return;
    }
}

} // namespace
} // namespace keventd::ctl

int main(int argc, char** argv) {
    keventd::ctl::occupyStandardDescriptors();
    keventd::ctl::ignoreBrokenPipes();
    return static_cast<int>(keventd::ctl::runReporting(argc, argv));
}
