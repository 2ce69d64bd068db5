// How a command gets its connection: late enough that its signals and its deadline are in place before.
#pragma once

#include "keventd/client.h"

#include <optional>
#include <utility>

namespace keventd::ctl {

class Connector {
public:
    explicit Connector(std::optional<Endpoint> endpoint) : endpoint_(std::move(endpoint)) {}

    /// @throws as Client::Client()
    [[nodiscard]] Client connect() const { return Client(endpoint_ ? *endpoint_ : defaultEndpoint()); }
    /// @return where the user wants the daemon to be looked for; nothing: the default
    [[nodiscard]] const std::optional<Endpoint>& endpoint() const { return endpoint_; }

private:
    std::optional<Endpoint> endpoint_;
};

} // namespace keventd::ctl
