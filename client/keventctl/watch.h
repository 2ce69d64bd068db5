// keventctl watch: an attribute of sysfs, each time that the kernel notifies it, until it is taken away.
#pragma once

#include "client/keventctl/command.h"
#include "client/keventctl/event_query.h"
#include "client/keventctl/values.h"
#include "keventd/subscription.h"

#include <optional>
#include <string>
#include <vector>

namespace keventd::ctl {

class Watch final : public Command {
public:
    [[nodiscard]] const char* name() const override { return "watch"; }
    [[nodiscard]] const char* summary() const override {
        return "Print an attribute of sysfs each time that the kernel notifies it";
    }
    void declare(OptionSet& options) override;
    [[nodiscard]] ExitStatus run(const Connector& connector) override;

private:
    void setWatched(const std::vector<std::string>& arguments);
    [[nodiscard]] SubscriptionOptions subscription(const Connector& connector) const;

    EventQuery query_; // of which only the form and --count are declared
    std::optional<Duration> timeout_;
    std::optional<WatchedAttribute> watched_;
};

/// @param object  a devpath, or a path through sysfs, of links, too: "/sys/class/net/lo", "."
/// @return the devpath; what begins with "/", and not with "/sys/", is one as it is
/// @throws UsageError if a path leads nowhere, or to something that is not in sysfs
[[nodiscard]] std::string devpathOf(const std::string& object);

} // namespace keventd::ctl
