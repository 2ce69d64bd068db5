// --socket and --bus: where the user wants the daemon to be looked for.
#pragma once

#include "keventd/endpoint.h"

#include <optional>
#include <string>

namespace keventd::ctl {

class BusChoice {
public:
    /// @throws UsageError if there has been a choice, or the value makes no sense
    void chooseSocket(const std::string& path);
    /// @param name  "system", "session" or a D-Bus address
    void chooseBus(const std::string& name);
    /// @return what was chosen; nothing: the default (keventd/endpoint.h)
    /// @throws ConnectionError if the environment names no session bus
    [[nodiscard]] std::optional<Endpoint> endpoint() const;

private:
    void requireFirst() const;

    std::optional<std::string> socket_;
    std::optional<std::string> bus_;
};

} // namespace keventd::ctl
