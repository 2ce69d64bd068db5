// The receiving side of all subscriptions of one connection: finds the subscription of each signal, hands
// events to its handlers and acknowledges them. Internal to the library.
#pragma once

#include "client/lib/connection.h"
#include "client/lib/receive_window.h"
#include "keventd/client_subscription.h"
#include "keventd/options.h"

#include <map>
#include <memory>

namespace keventd {
inline namespace client {

struct SubscriptionState {
    std::uint32_t number;
    std::string stream;
    ReceiveWindow window;
    EventHandlers handlers;
    bool hasEnded = false;
};

class Subscriber {
public:
    /// Connects the handlers of all signals, before anything can be subscribed to.
    /// @param connection  outlives the subscriber
    explicit Subscriber(Connection& connection);
    Subscriber(const Subscriber&) = delete;
    Subscriber& operator=(const Subscriber&) = delete;

    /// @throws as Connection::call()
    [[nodiscard]] std::shared_ptr<SubscriptionState> subscribe(const SubscribeOptions& options,
                                                               EventHandlers handlers);
    void unsubscribe(SubscriptionState& state) noexcept;
    /// To be called when nothing is left to read.
    void acknowledgeAll();

private:
    // Shared, so that a handler may end its own subscription and still be there to return to.
    [[nodiscard]] std::shared_ptr<SubscriptionState> find(std::uint32_t number) const;
    void onEvents(sdbus::Signal& signal);
    void onLost(sdbus::Signal& signal);
    void acknowledge(SubscriptionState& state);

    Connection& connection_;
    std::map<std::uint32_t, std::shared_ptr<SubscriptionState>> subscriptions_;
    Event event_; // read into again and again
};

} // namespace client
} // namespace keventd
