// The stream of kernel events, for a program with a loop of its own: connects to the daemon, and connects
// again whenever the daemon or the bus goes and comes back. Every event that matches is handed over once, in
// order, or told lost.
//
// One thread: no thread is started, and nothing is called but from within dispatch(). libkeventd(3) shows the
// whole of it in a program, and in the loops of Qt, GLib, sd-event and asio.
#pragma once

#include "keventd/endpoint.h"
#include "keventd/errors.h"
#include "keventd/event.h"
#include "keventd/export.h"
#include "keventd/options.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace keventd {
inline namespace client {

class ResumingSubscription;

struct SubscriptionOptions : SubscribeOptions {
    /// Hand over the devices that are there first, each as an event flagged Present, then what happens to
    /// them from that moment on: no gap, no repeat. A device is asked for by the subsystems, objects and
    /// properties of the filter; it has no more. Not together with `stream`, `since` or
    /// `sinceBoottime`.
    bool list = false;
    /// Have these watched, as by Client::watchAttribute(), in each connection. Their events come as all
    /// others do: if the filter lets them. What was notified between two connections, nobody tells.
    std::vector<WatchedAttribute> watches;
    /// Where the daemon is. Nothing: the default endpoint, looked for anew at each attempt.
    std::optional<Endpoint> endpoint;
    /// If the daemon cannot be reached at first, try again and again, as later, instead of throwing.
    bool waitForDaemon = false;
    /// Of the first connection, and of each call for it, unless `waitForDaemon`.
    std::chrono::microseconds connectTimeout = DefaultTimeout;
    /// The same of every other attempt: dispatch() may block for so long, and mostly does not at all. The
    /// list of devices may take 5 s even so.
    std::chrono::microseconds reconnectTimeout = std::chrono::milliseconds(500);
};

/// Called from dispatch(), in order, never from elsewhere. All but `event` may be empty. What a handler
/// throws comes out of dispatch(); what it was told counts as handled, and the next dispatch() goes on behind
/// it. A handler may move, end or destroy the subscription; it must not call dispatch().
struct SubscriptionHandlers {
    /// An event, or with `list` a device; borrowed for the call.
    std::function<void(const Event&)> event;
    /// Ids `from` to `to` (inclusive) will not come: the history has overwritten them. They may have held
    /// events that match.
    std::function<void(std::uint64_t from, std::uint64_t to)> lost;
    /// The daemon has begun a new stream: what was known of the old one is out of date. The new one comes
    /// from its first event on; with `list`, the devices come anew, and then what happens to them.
    std::function<void(const std::string& before, const std::string& now)> streamChanged;
    /// With `list`: all devices have been handed over.
    std::function<void()> listed;
    /// The daemon does not watch this attribute of `watches`, for this reason: it may have gone between two
    /// connections. It is asked again in the next one.
    std::function<void(const WatchedAttribute&, const RequestError&)> unwatched;
    /// There is no connection, for this reason. Attempts follow after 100 ms, then ever more rarely, up to
    /// every 5 s. Called once, until resumed() has been.
    std::function<void(const std::string& reason)> disconnected;
    /// There is a connection again.
    std::function<void()> resumed;
};

class KEVENTD_EXPORT Subscription {
public:
    /// Connects, and subscribes. No handler is called yet.
    /// @throws ConnectionError, TimeoutError, InterruptedError if the daemon cannot be reached, unless
    ///         `waitForDaemon`; RequestError if it refuses (names::error: InvalidFilter, InvalidOption,
    ///         LimitExceeded; StreamChanged, if the options name a stream of another life; unless
    ///         `waitForDaemon` what watchAttribute() throws);
    ///         std::invalid_argument if the options contradict each other or no `event` handler is given
    Subscription(SubscriptionOptions options, SubscriptionHandlers handlers);
    Subscription(Subscription&&) noexcept;
    Subscription& operator=(Subscription&&) noexcept;
    /// As end().
    ~Subscription();

    /// @return a descriptor to poll for input, always the same. When it is readable, call dispatch(), and do
    ///         nothing else with it
    [[nodiscard]] int fd() const;
    /// Does what there is to do, for some milliseconds at most, but for the time that handlers take and that
    /// of an attempt to connect. It may be called at any time; with nothing to do it returns at once.
    /// @throws whatever a handler threw; RequestError if the daemon refuses the options when the subscription
    ///         is resumed or, after `waitForDaemon`, begins, which goes on trying; std::logic_error if called
    ///         from a handler
    void dispatch();

    /// Ends it: no handler is called any more, and fd() is never readable again.
    void end() noexcept;

    [[nodiscard]] bool isConnected() const;
    /// @return why there is no connection: what the last attempt failed of; empty while there is one
    [[nodiscard]] std::string reason() const;
    /// @return the StreamId; empty before the first connection
    [[nodiscard]] std::string stream() const;
    /// @return the first id not yet handled. Together with stream(), a later subscription can go on there
    [[nodiscard]] std::uint64_t next() const;

private:
    std::shared_ptr<ResumingSubscription> parts_; // shared with dispatch(), while a handler destroys this
};

} // namespace client
} // namespace keventd
