// A client of the daemon: a connection, the calls and properties of org.keventd1.Manager, subscriptions.
//
// One thread: nothing is called but from within dispatch() and process(), and no thread is started. Calls
// block until the reply; signals that come meanwhile wait for the next dispatch().
// dbus/org.keventd1.Manager.xml says what each call means.
#pragma once

#include "keventd/client_subscription.h"
#include "keventd/endpoint.h"
#include "keventd/errors.h"
#include "keventd/event.h"
#include "keventd/export.h"
#include "keventd/options.h"
#include "keventd/poll_request.h"

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

/// The devices that are there.
struct DeviceList {
    std::string stream;         ///< the StreamId
    std::uint64_t next = 0;     ///< first id of the stream that the list does not know of yet
    std::vector<Event> devices; ///< each as an event of no id, flagged Present
};

/// How one source of events is doing.
struct SourceState {
    std::string name;
    std::string state;  ///< "running", "waiting", "disabled", "refused", "failed"
    std::string reason; ///< why, where there is something to say
};

/// What the daemon says about itself, at one time.
struct DaemonStatus {
    std::string version;
    std::string stream;      ///< the StreamId
    std::uint64_t first = 0; ///< id of the oldest event kept; last + 1 if there is none
    std::uint64_t last = 0;  ///< id of the newest
    std::vector<SourceState> sources;
    std::map<std::string, std::uint64_t> statistics;
};

/// How one subscription is doing, of whomever.
struct SubscriptionInfo {
    std::uint32_t number = 0;
    std::string owner;                ///< unique name on the bus; empty on the private socket
    std::optional<std::uint32_t> uid; ///< user of the owner; nothing if the daemon could not tell
    std::string state;                ///< "asleep", "awake", "full", "blocked"
    std::string filter;       ///< as keventctl(1) takes it, "\ " for a blank; empty if it wants everything
    std::uint64_t next = 0;   ///< id of the first event that it may still have to be sent
    std::uint64_t lag = 0;    ///< events from there to the end of the stream
    std::uint64_t lost = 0;   ///< ids that it was told that it is not sent
    std::uint32_t window = 0; ///< events that may be unacknowledged
    std::uint64_t unacknowledged = 0; ///< events that are
    std::uint64_t unacknowledgedBytes = 0;
};

class KEVENTD_EXPORT Client {
public:
    /// Connects. Everything that takes an Endpoint is in endpoint.h.
    /// @param timeout  of the connection and of each call
    /// @throws ConnectionError, with one line that names what cannot be reached and why; TimeoutError,
    ///         InterruptedError
    explicit Client(const Endpoint& endpoint = defaultEndpoint(),
                    std::chrono::microseconds timeout = DefaultTimeout);
    Client(Client&&) noexcept;
    Client& operator=(Client&&) noexcept;
    ~Client();

    /// @param timeout  of each call from now on
    void setTimeout(std::chrono::microseconds timeout);

    // Every call below throws ConnectionError if the connection is lost, TimeoutError if the daemon does not
    // answer, InterruptedError if a signal came, RequestError if it refuses, ProtocolError if the answer is
    // out of contract.

    /// @throws RequestError names::error::InvalidOption, InvalidFilter, StreamChanged, LimitExceeded
    [[nodiscard]] ClientSubscription subscribe(const SubscribeOptions& options, EventHandlers handlers);
    /// @param max  at most so many events; 0: as many as fit in one message
    [[nodiscard]] EventPage getEvents(const EventOptions& options, std::uint32_t max = 0);
    /// @param filter  of which only subsystems, objects and properties are looked at: a device has no more
    [[nodiscard]] DeviceList listDevices(const EventFilter& filter = {});
    /// Waits until the stream has caught up with the kernel.
    /// @return one more than the id of the last event
    std::uint64_t sync();

    /// Has what was told compared with what is there, and waits for it. For root and the admin group.
    /// @return how many differences were found, and published as events flagged Resync
    /// @throws RequestError org.freedesktop.DBus.Error.AccessDenied, names::error::LimitExceeded
    std::uint64_t resync();

    /// Has the daemon make an event of source `attribute` of each time that the kernel notifies this
    /// attribute, as long as this client lives. Few attributes are ever notified: org.keventd1(5).
    /// @throws RequestError names::error::NoSuchAttribute, NotAnAttribute, NotPermitted, LimitExceeded
    void watchAttribute(const WatchedAttribute& watched);
    /// @throws RequestError names::error::NoSuchWatch
    void unwatchAttribute(const WatchedAttribute& watched);

    [[nodiscard]] DaemonStatus status();
    /// @return of all clients, if this one is root's or of the administrators' group; else of its own user
    [[nodiscard]] std::vector<SubscriptionInfo> listSubscriptions();
    [[nodiscard]] std::uint64_t lastId();
    [[nodiscard]] std::map<std::string, std::uint64_t> statistics();

    /// Hands over one event, or handles what another message brings, without waiting; acknowledges when
    /// nothing is left. Not to be called from a handler.
    /// @return false if nothing was left: time for poll()
    /// @throws whatever a handler threw, too
    bool dispatch();
    [[nodiscard]] PollRequest pollRequest() const;
    /// One step of the simple loop: waits, then dispatches what is there.
    /// @param timeout  at most so long; negative: for ever
    /// @return false if nothing came (a signal of the process ends the wait, too)
    bool process(std::chrono::milliseconds timeout);

private:
    struct KEVENTD_HIDDEN Parts;
    std::unique_ptr<Parts> parts_; // keeps sdbus-c++ out of this header
};

} // namespace client
} // namespace keventd
