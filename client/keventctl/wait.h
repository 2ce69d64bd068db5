// keventctl wait: until an event has come; then it is printed, or a program is run.
//
// Whatever ends it without an event must not look like one to a script: the time that is over, a signal,
// which is not caught, and a reader of the output that goes away, which ends the process by SIGPIPE.
#pragma once

#include "client/keventctl/command.h"
#include "client/keventctl/live_query.h"

#include <string>
#include <vector>

namespace keventd::ctl {

class FirstMatch;

class Wait final : public Command {
public:
    [[nodiscard]] const char* name() const override { return "wait"; }
    [[nodiscard]] const char* summary() const override {
        return "Wait for an event; print it, or run a command";
    }
    void declare(OptionSet& options) override;
    [[nodiscard]] ExitStatus run(const Connector& connector) override;

private:
    void requireSense() const;
    void requireThatADeviceCanMatch() const;
    [[nodiscard]] ExitStatus finish(FirstMatch& match, const Event& event) const;
    [[nodiscard]] ExitStatus print(FirstMatch& match, const Event& event) const;

    LiveQuery query_;
    std::vector<std::string> command_; // empty: the event is printed
};

} // namespace keventd::ctl
