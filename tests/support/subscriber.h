// A subscriber on a connection of its own: collects what it is sent, and acknowledges it.
#pragma once

#include "tests/support/bus_client.h"
#include "tests/support/deadline.h"

#include <deque>
#include <functional>
#include <utility>

namespace keventd::test {

class Subscriber {
public:
    /// Connects the handlers, then subscribes.
    /// @throws CallError
    explicit Subscriber(const std::string& address, const Wanted& wanted = {}, Via via = Via::Private);
    Subscriber(const Subscriber&) = delete;
    Subscriber& operator=(const Subscriber&) = delete;

    /// What Subscribe answered.
    [[nodiscard]] std::uint32_t number() const { return number_; }
    [[nodiscard]] const std::string& stream() const { return stream_; }
    [[nodiscard]] std::uint64_t first() const { return first_; }

    /// What has come by now, in order of arrival. Grows only in the calls below.
    [[nodiscard]] const std::deque<Event>& events() const { return events_; }
    /// `from` and `to` of each signal Lost.
    [[nodiscard]] const std::vector<std::pair<std::uint64_t, std::uint64_t>>& lost() const { return lost_; }
    /// @return `next` of the last signal Events, or of the reply
    [[nodiscard]] std::uint64_t next() const { return next_; }
    [[nodiscard]] std::size_t signals() const { return signals_; }
    /// @return what the events of the largest signal Events took, in bytes
    [[nodiscard]] std::size_t largestSignal() const { return largestSignal_; }

    /// From now on, whether each signal is answered with Acknowledge(next - 1); at first it is.
    void setAcknowledging(bool wanted) { acknowledging_ = wanted; }
    void acknowledge(std::uint64_t id);

    /// Takes signals until `done` says so, which is asked after each.
    /// @return false if the deadline came first, or the connection ended
    [[nodiscard]] bool waitUntil(const std::function<bool()>& done, const Deadline& deadline = Deadline());
    /// @return the first event, of those here and those to come, for which this is true; nullptr at the
    /// deadline.
    ///         Valid as long as the subscriber
    [[nodiscard]] const Event* waitForEvent(const std::function<bool(const Event&)>& isWanted,
                                            const Deadline& deadline = Deadline());
    /// Waits until everything that the kernel has sent by now has come to this subscriber, which has no
    /// filter (with one, `next` may lag behind).
    /// @return false at the deadline
    [[nodiscard]] bool waitForSync(const Deadline& deadline = Deadline());

    [[nodiscard]] BusClient& client() { return client_; }

private:
    static int onEvents(sd_bus_message* signal, void* self, sd_bus_error* error) noexcept;
    static int onLost(sd_bus_message* signal, void* self, sd_bus_error* error) noexcept;
    void take(sd_bus_message* signal);
    [[nodiscard]] BusSlotHandle match(const char* signal, sd_bus_message_handler_t handler);
    void subscribe(const Wanted& wanted);

    std::deque<Event> events_;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> lost_;
    std::uint32_t number_ = 0;
    std::string stream_;
    std::uint64_t first_ = 0;
    std::uint64_t next_ = 0;
    std::size_t signals_ = 0;
    std::size_t largestSignal_ = 0;
    bool acknowledging_ = true;
    BusClient client_;
    BusSlotHandle eventsSlot_;
    BusSlotHandle lostSlot_;
};

} // namespace keventd::test
