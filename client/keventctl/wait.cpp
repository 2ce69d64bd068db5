#include "client/keventctl/wait.h"

#include "client/keventctl/broken_pipe.h"
#include "client/keventctl/event_environment.h"
#include "client/keventctl/event_stream.h"
#include "client/keventctl/first_match.h"
#include "client/keventctl/replacement.h"
#include "client/keventctl/usage_error.h"

#include <cstdio>
#include <unistd.h>

namespace keventd::ctl {
namespace {

constexpr const char* ActionOfDevices = "add"; // of each that is listed

std::vector<std::string_view> ownEnvironment() {
    std::vector<std::string_view> variables;
    for (char** variable = environ; *variable != nullptr; ++variable) variables.emplace_back(*variable);
    return variables;
}

bool isEmpty(const EventFilter& filter) {
    return filter.sources.empty() && filter.subsystems.empty() && filter.actions.empty() &&
           filter.objects.empty() && filter.attributes.empty() && filter.properties.empty();
}

} // namespace

void Wait::declare(OptionSet& options) {
    query_.declare(options);
    options.command([this](const std::vector<std::string>& command) {
        if (command.empty() || command.front().empty()) throw UsageError("--: a command must follow");
        command_ = command;
    });
}

ExitStatus Wait::run(const Connector& connector) {
    requireSense();
    const SubscriptionOptions options = query_.subscription(connector);
    const Interruption interruption(query_.timeout(), StopSignals::EndTheProcess);
    FirstMatch match(query_.events(), interruption, command_.empty() ? STDOUT_FILENO : -1);
    readStream(options, match, interruption);
    if (match.found()) return finish(match, *match.found());
    if (interruption.isExpired()) return match.hasLost() ? ExitStatus::Lost : ExitStatus::TimedOut;
    endByBrokenPipe();
    return ExitStatus::Connection; // as of output that cannot be written: SIGPIPE is ignored
}

void Wait::requireSense() const {
    const EventQuery& events = query_.events();
    if (isEmpty(events.options().filter)) {
        throw UsageError("wait: a filter is required ('action=*' is any event)");
    }
    const char* form = events.findFormOption();
    if (!command_.empty() && form != nullptr) {
        throw UsageError(std::string(form) + ": nothing is printed if a command is to be run");
    }
    if (query_.lists()) requireThatADeviceCanMatch();
}

// The daemon lists devices by what they have; source= says who is to announce those that come.
void Wait::requireThatADeviceCanMatch() const {
    if (!query_.events().options().filter.attributes.empty()) {
        throw UsageError("--list: a device has no attribute that an event is about; leave out 'attribute='");
    }
    if (!query_.events().asksForAction(ActionOfDevices)) {
        throw UsageError("--list: a device that is there counts as action 'add', which 'action=' leaves out");
    }
}

/// @return does not, if a command is run
ExitStatus Wait::finish(FirstMatch& match, const Event& event) const {
    if (command_.empty()) return print(match, event);
    return replaceProcess(command_, environmentOf(event, ownEnvironment()));
}

ExitStatus Wait::print(FirstMatch& match, const Event& event) const {
    Output& output = match.output();
    query_.events().makePrinter(output.isTerminal())->append(output.buffer(), event);
    output.flush();
    if (output.isClosed()) endByBrokenPipe();
    if (output.hasDropped()) {
        std::fputs("keventctl: nobody reads what is printed, dropped it\n", stderr);
        return ExitStatus::Lost;
    }
    return output.isClosed() ? ExitStatus::Connection : ExitStatus::Done;
}

} // namespace keventd::ctl
