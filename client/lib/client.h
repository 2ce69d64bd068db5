// A client of the daemon: a connection, the calls and properties of org.keventd1.Manager, subscriptions.
//
// One thread: nothing is called but from within dispatch() and process(), and no thread is started. Calls
// block until the reply; signals that come meanwhile wait for the next dispatch().
// dbus/org.keventd1.Manager.xml says what each call means.
#pragma once

#include "client/lib/endpoint.h"
#include "client/lib/errors.h"
#include "client/lib/options.h"
#include "client/lib/subscription.h"
#include "dbus/event.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace keventd {
inline namespace client {

/// A page of the history.
struct EventPage {
    std::string stream;        ///< the StreamId
    std::uint64_t first = 0;   ///< where the search began: greater than what was asked for if that is gone
    std::vector<Event> events; ///< what matched
    std::uint64_t next = 0;    ///< where the next page begins
};

/// How one source of events is doing.
struct SourceState {
    std::string name;
    std::string state;  ///< "running", "waiting", "failed"
    std::string reason; ///< why, where there is something to say
};

/// What poll(2) is to wait for before dispatch() is worth calling; asked for anew before each wait.
struct PollRequest {
    int fd;
    short events;
    std::optional<std::chrono::microseconds> timeout; ///< at most so long; nothing: for ever
};

class Client {
public:
    /// Connects. Everything that takes an Endpoint is in endpoint.h.
    /// @throws ConnectionError, with one line that names what cannot be reached and why
    explicit Client(const Endpoint& endpoint = defaultEndpoint());
    Client(Client&&) noexcept;
    Client& operator=(Client&&) noexcept;
    ~Client();

    // Every call below throws ConnectionError if the connection is lost, TimeoutError if the daemon does not
    // answer, RequestError if it refuses, ProtocolError if the answer is out of contract.

    /// @throws RequestError names::error::InvalidOption, InvalidFilter, StreamChanged, LimitExceeded
    [[nodiscard]] Subscription subscribe(const SubscribeOptions& options, SubscriptionHandlers handlers);
    /// @param max  at most so many events; 0: as many as fit in one message
    [[nodiscard]] EventPage getEvents(const EventOptions& options, std::uint32_t max = 0);
    /// Waits until the stream has caught up with the kernel.
    /// @param timeout  of the call; 0 for the usual 25 seconds
    /// @return one more than the id of the last event
    std::uint64_t sync(std::chrono::microseconds timeout = {});

    [[nodiscard]] std::string version();
    [[nodiscard]] std::string streamId();
    [[nodiscard]] std::uint64_t firstId();
    [[nodiscard]] std::uint64_t lastId();
    [[nodiscard]] std::map<std::string, std::uint64_t> statistics();
    [[nodiscard]] std::vector<SourceState> sources();

    /// Handles what one message brings, without waiting; acknowledges when none is left.
    /// @return false if none was left: time for poll()
    /// @throws whatever a handler threw, too
    bool dispatch();
    [[nodiscard]] PollRequest pollRequest() const;
    /// One step of the simple loop: waits, then dispatches what is there.
    /// @param timeout  at most so long; negative: for ever
    /// @return false if nothing came (a signal of the process ends the wait, too)
    bool process(std::chrono::milliseconds timeout);

private:
    struct Parts;
    std::unique_ptr<Parts> parts_; // keeps sdbus-c++ out of this header
};

} // namespace client
} // namespace keventd
