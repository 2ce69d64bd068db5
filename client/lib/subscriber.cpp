#include "client/lib/subscriber.h"

#include "client/lib/options_writer.h"
#include "keventd/errors.h"
#include "keventd/names.h"

#include <utility>

namespace keventd {
inline namespace client {

Subscriber::Subscriber(Connection& connection) : connection_(connection) {
    connection_.onSignal(names::signal::Events, [this](sdbus::Signal& signal) { onEvents(signal); });
    connection_.onSignal(names::signal::Lost, [this](sdbus::Signal& signal) { onLost(signal); });
    connection_.finishRegistration();
}

// Signals that follow the reply at once, or even came before it, wait in sd-bus's queue: a blocking call
// takes nothing but its own reply out of it. So none is handled before its number is known here.
std::shared_ptr<SubscriptionState> Subscriber::subscribe(const SubscribeOptions& options,
                                                         EventHandlers handlers) {
    auto call = connection_.createCall(names::method::Subscribe);
    connection_.guarded([&] { writeOptions(call, options); });
    auto reply = connection_.call(call);
    std::uint32_t number = 0;
    std::string stream;
    std::uint64_t next = 0;
    connection_.reading([&] { reply >> number >> stream >> next; });

    const ReceiveWindow window(options.window, next);
    auto state = std::make_shared<SubscriptionState>(
        SubscriptionState{number, std::move(stream), window, std::move(handlers)});
    subscriptions_[number] = state;
    return state;
}

void Subscriber::unsubscribe(SubscriptionState& state) noexcept {
    state.hasEnded = true;
    subscriptions_.erase(state.number);
    try {
        auto call = connection_.createCall(names::method::Unsubscribe);
        call << state.number;
        connection_.send(call);
    } catch (const std::exception&) {
        // The connection is lost, and the subscription with it.
    }
}

void Subscriber::acknowledgeAll() {
    for (const auto& [number, state] : subscriptions_) {
        if (state->window.isOpen()) acknowledge(*state);
    }
}

std::shared_ptr<SubscriptionState> Subscriber::find(std::uint32_t number) const {
    const auto found = subscriptions_.find(number);
    return found == subscriptions_.end() ? nullptr : found->second;
}

void Subscriber::onEvents(sdbus::Signal& signal) {
    std::uint32_t number = 0;
    signal >> number;
    if (auto state = find(number)) {
        batch_.emplace(std::move(state), signal);
    } else {
        refuse(number);
    }
}

// One that has ended may have signals under way. One that is not known at all began after its caller had
// ceased to wait for the answer: nobody would acknowledge what it is sent, and the window is that of all.
void Subscriber::refuse(std::uint32_t number) {
    auto call = connection_.createCall(names::method::Unsubscribe);
    connection_.guarded([&] { call << number; });
    connection_.send(call);
}

void Subscriber::onLost(sdbus::Signal& signal) {
    std::uint32_t number = 0;
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    signal >> number >> from >> to;
    if (auto state = find(number)) {
        loss_ = Loss{std::move(state), from, to};
    } else {
        refuse(number);
    }
}

void Subscriber::deliverOne() {
    if (loss_) return deliverLoss();
    if (batch_->state->hasEnded) return batch_.reset();
    if (!readEvent()) return finishBatch();
    const auto state = batch_->state;
    state->window.take(event_.id);
    state->handlers.event(event_);
}

// What cannot be read is not tried again.
bool Subscriber::readEvent() {
    try {
        return connection_.reading([this] { return batch_->events.next(event_); });
    } catch (...) {
        batch_.reset();
        throw;
    }
}

void Subscriber::finishBatch() {
    const auto state = batch_->state;
    sdbus::Signal message = batch_->message; // the same message: it stands behind the array
    batch_.reset();
    std::uint64_t next = 0;
    connection_.reading([&] { message >> next; });
    state->window.advanceTo(next);
    if (state->window.isHalfTaken()) acknowledge(*state);
}

void Subscriber::deliverLoss() {
    const Loss loss = *std::exchange(loss_, std::nullopt);
    if (loss.state->hasEnded) return;
    loss.state->window.advanceTo(loss.to + 1);
    if (loss.state->handlers.lost) loss.state->handlers.lost(loss.from, loss.to);
}

void Subscriber::acknowledge(SubscriptionState& state) {
    auto call = connection_.createCall(names::method::Acknowledge);
    const std::uint64_t id = state.window.acknowledge();
    connection_.guarded([&] { call << state.number << id; });
    connection_.send(call);
}

} // namespace client
} // namespace keventd
