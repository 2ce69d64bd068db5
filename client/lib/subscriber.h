// The receiving side of all subscriptions of one connection: finds the subscription of each signal, hands
// events to its handlers and acknowledges them. Internal to the library.
//
// A signal is kept when it comes, and handed over afterwards, event by event: so a handler runs outside of
// sd-bus, and what it throws loses nothing but its own event.
#pragma once

#include "client/lib/connection.h"
#include "client/lib/event_reader.h"
#include "client/lib/receive_window.h"
#include "keventd/client_subscription.h"
#include "keventd/options.h"

#include <map>
#include <memory>
#include <optional>

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

    /// @return whether something has come that is not handed over yet. No other signal must be taken before
    [[nodiscard]] bool hasDelivery() const { return batch_ || loss_; }
    /// Hands over the next event, or the loss, or finds that there is none left.
    /// @throws whatever the handler threw; ProtocolError
    void deliverOne();

private:
    /// A signal Events that is being handed over.
    struct Batch {
        Batch(std::shared_ptr<SubscriptionState> owner, const sdbus::Signal& signal)
            : state(std::move(owner)), message(signal), events(message) {}

        std::shared_ptr<SubscriptionState> state;
        sdbus::Signal message;
        EventReader events; // of `message`
    };
    struct Loss {
        std::shared_ptr<SubscriptionState> state;
        std::uint64_t from;
        std::uint64_t to;
    };

    // Shared, so that a handler may end its own subscription and still be there to return to.
    [[nodiscard]] std::shared_ptr<SubscriptionState> find(std::uint32_t number) const;
    void onEvents(sdbus::Signal& signal);
    void onLost(sdbus::Signal& signal);
    [[nodiscard]] bool readEvent();
    void finishBatch();
    void deliverLoss();
    void acknowledge(SubscriptionState& state);
    void refuse(std::uint32_t number);

    Connection& connection_;
    std::map<std::uint32_t, std::shared_ptr<SubscriptionState>> subscriptions_;
    std::optional<Batch> batch_;
    std::optional<Loss> loss_;
    Event event_; // read into again and again
};

} // namespace client
} // namespace keventd
