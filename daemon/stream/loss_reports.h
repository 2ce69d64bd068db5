// Says on the log what was lost or held back, and makes the event that says so in the stream.
#pragma once

#include "daemon/base/rate_limit.h"
#include "keventd/event.h"

#include <cstdint>
#include <optional>
#include <string>

namespace keventd {

class LossReports {
public:
    /// SEQNUMs among which those are that were lost.
    struct Range {
        std::uint64_t from;
        std::uint64_t to;
    };

    /// Messages that were sent while nobody listened: how many, nobody knows.
    /// @param source  names::source
    /// @param range   nothing: of a source without SEQNUMs
    [[nodiscard]] Event unheard(const char* source, std::optional<Range> range = {});
    /// Messages that the socket says are lost: how many, nobody knows.
    [[nodiscard]] Event unknown(const char* source, std::optional<Range> range = {});
    /// Messages that the kernel could not put into the socket.
    [[nodiscard]] Event dropped(const char* source, std::uint64_t count, std::optional<Range> range = {});
    /// Messages that no socket has received, by their numbers: as of Arrivals::miss().
    [[nodiscard]] Event missing(const char* source, std::uint32_t first, std::uint32_t count);
    /// Early events that the spool has no record of.
    /// @param range  the number of a lost event may be any of it: helpers run in no order
    [[nodiscard]] static Event unrecorded(const char* source, std::uint64_t count, Range range);
    /// Events that a rate has held back.
    [[nodiscard]] Event heldBack(const char* source, std::uint64_t count);

private:
    void log(const char* source, const std::string& message, std::optional<std::uint64_t> count);

    RateLimit log_;
};

} // namespace keventd
