// Who is told of the events of a stream, and of what becomes of the connection (event_stream.h).
#pragma once

#include "client/keventctl/output.h"
#include "keventd/event.h"

#include <cstdint>
#include <string_view>

namespace keventd::ctl {

class EventReceiver {
public:
    virtual ~EventReceiver() = default;

    virtual void onEvent(const Event& event) = 0;
    /// The events `from` to `to` are gone.
    /// @param reason  why, to follow a colon
    virtual void onLost(std::uint64_t from, std::uint64_t to, std::string_view reason) = 0;
    /// Tells people what else has happened, in its place among the events.
    virtual void tell(std::string_view line) = 0;

    /// @return whether nothing more is to be read
    [[nodiscard]] virtual bool isDone() const = 0;
    /// Where the events go: written whenever there is a pause, and watched for its reader.
    [[nodiscard]] virtual Output& output() = 0;
};

} // namespace keventd::ctl
