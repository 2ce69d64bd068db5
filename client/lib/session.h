// One life of the connection of a subscription that resumes: connects, lists the devices if that is wanted,
// subscribes where the life before has stopped, and has attributes watched. Internal to the library.
#pragma once

#include "keventd/client.h"
#include "keventd/errors.h"
#include "keventd/subscription.h"

#include <optional>
#include <utility>
#include <vector>

namespace keventd {
inline namespace client {

/// A place in a stream.
struct StreamPosition {
    std::string stream;     ///< the StreamId
    std::uint64_t next = 0; ///< first id not yet handled
};

/// An attribute that the daemon does not watch, and why.
struct RefusedWatch {
    WatchedAttribute attribute;
    RequestError error;
};

class Session {
public:
    /// @param options   outlive the session
    /// @param position  where to go on, if that stream still exists; nothing: where the options say
    /// @throws ConnectionError, TimeoutError, InterruptedError, RequestError, ProtocolError
    Session(const SubscriptionOptions& options, const std::optional<StreamPosition>& position,
            std::chrono::microseconds timeout, EventHandlers handlers);

    /// @return the devices, if they were listed, once
    [[nodiscard]] std::optional<std::vector<Event>> takeDevices();
    [[nodiscard]] StreamPosition position() const { return {subscription_.stream(), subscription_.next()}; }

    /// @return of the attributes to watch those that the daemon does not, once
    [[nodiscard]] std::vector<RefusedWatch> takeRefusedWatches() { return std::move(refusedWatches_); }

    /// As those of Client.
    bool dispatch() { return client_.dispatch(); }
    [[nodiscard]] PollRequest pollRequest() const { return client_.pollRequest(); }

private:
    [[nodiscard]] bool goOn(const StreamPosition& position);
    void begin();
    void beginNewStream();
    void listAndSubscribe();
    [[nodiscard]] DeviceList listDevices();
    void watchAttributes();

    const SubscriptionOptions& options_;
    std::chrono::microseconds timeout_;
    EventHandlers handlers_;
    Client client_;
    ClientSubscription subscription_;
    std::optional<std::vector<Event>> devices_;
    std::vector<RefusedWatch> refusedWatches_;
};

} // namespace client
} // namespace keventd
