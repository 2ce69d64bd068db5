// A subscription of one connection, as its user holds it: it ends with this object, or with the connection.
#pragma once

#include "keventd/event.h"
#include "keventd/export.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace keventd {
inline namespace client {

class Subscriber;
struct SubscriptionState;

/// Called from Client::dispatch() and Client::process(), in order of the stream, never from elsewhere. An
/// exception out of a handler comes out of that call; the event counts as handled, and the next call goes on
/// with the one after it. A handler may end a subscription and make calls of the Client; it must neither
/// dispatch nor destroy the Client.
struct EventHandlers {
    /// An event; borrowed for the call.
    std::function<void(const Event&)> event;
    /// The history has overwritten ids `from` to `to` (inclusive) before they could be sent. May be empty.
    std::function<void(std::uint64_t from, std::uint64_t to)> lost;
};

class KEVENTD_EXPORT ClientSubscription {
public:
    /// One that has ended.
    ClientSubscription() = default;
    ClientSubscription(ClientSubscription&& other) noexcept = default;
    ClientSubscription& operator=(ClientSubscription&& other) noexcept;
    ~ClientSubscription();

    /// Ends it; no handler is called any more. A connection that is lost meanwhile is no error.
    void end() noexcept;

    /// @return the daemon's number for it; 0 if it has ended
    [[nodiscard]] std::uint32_t number() const;
    /// @return the StreamId; empty if it has ended
    [[nodiscard]] std::string stream() const;
    /// @return the first id not yet handled: `since` of a subscription that resumes this one; 0 if it has
    ///         ended
    [[nodiscard]] std::uint64_t next() const;

private:
    friend class Client;
    ClientSubscription(std::weak_ptr<Subscriber> subscriber, std::shared_ptr<SubscriptionState> state);

    std::weak_ptr<Subscriber> subscriber_;     // of the client, which may go first
    std::shared_ptr<SubscriptionState> state_; // shared with the subscriber, which looks it up by number
};

} // namespace client
} // namespace keventd
