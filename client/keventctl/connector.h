// How a command gets its connection: late enough that its signals and its deadline are in place before.
#pragma once

#include "keventd/client.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

namespace keventd::ctl {

class Connector {
public:
    explicit Connector(Endpoint endpoint) : endpoint_(std::move(endpoint)) {}

    /// @param limit  a deadline of the command, if it comes before the usual time for a connection and
    ///               for each call
    /// @throws as Client::Client()
    [[nodiscard]] Client connect(std::optional<std::chrono::microseconds> limit = {}) const {
        const std::chrono::microseconds usual = DefaultTimeout;
        return Client(endpoint_, std::min(limit.value_or(usual), usual));
    }

private:
    Endpoint endpoint_;
};

} // namespace keventd::ctl
