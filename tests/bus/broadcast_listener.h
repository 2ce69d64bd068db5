// A client of the bus that only listens: match rules, and what they let through.
#pragma once

#include "keventd/event.h"
#include "keventd/names.h"
#include "tests/support/bus_client.h"
#include "tests/support/deadline.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

namespace keventd::test {

/// The signals of both interfaces.
inline constexpr const char* AllBroadcasts = "type='signal',sender='org.keventd1.Events'";

class BroadcastListener {
public:
    /// A signal Event.
    struct Heard {
        std::string interface;
        Event event;
    };
    /// A signal Skipped.
    struct Gap {
        std::string interface;
        std::uint64_t from;
        std::uint64_t to;
    };

    explicit BroadcastListener(const std::string& busAddress,
                               const std::vector<std::string>& rules = {AllBroadcasts});
    BroadcastListener(const BroadcastListener&) = delete;
    BroadcastListener& operator=(const BroadcastListener&) = delete;

    /// What has come by now, in order of arrival. Grows only in waitUntil().
    [[nodiscard]] const std::deque<Heard>& heard() const { return heard_; }
    [[nodiscard]] const std::vector<Gap>& gaps() const { return gaps_; }
    /// @return what the events heard have taken on the bus, without headers
    [[nodiscard]] std::size_t bytes() const { return bytes_; }
    /// @return whether this event was heard on this interface, or is told to be skipped on it
    [[nodiscard]] bool knowsOf(const char* interface, std::uint64_t id) const;

    /// Takes signals until `done` says so, which is asked after each.
    /// @return false at the deadline
    [[nodiscard]] bool waitUntil(const std::function<bool()>& done, const Deadline& deadline = Deadline());
    /// Waits until something was heard for which this is true.
    /// @return false at the deadline
    [[nodiscard]] bool waitForEvent(const std::function<bool(const Event&)>& isWanted);

    [[nodiscard]] const BusClient& client() const { return client_; }

private:
    static int onMessage(sd_bus_message* message, void* self, sd_bus_error* error) noexcept;
    void take(sd_bus_message* signal);

    std::deque<Heard> heard_;
    std::vector<Gap> gaps_;
    std::size_t bytes_ = 0;
    BusClient client_;
    BusSlotHandle filter_;
    std::vector<BusSlotHandle> matches_;
};

} // namespace keventd::test
