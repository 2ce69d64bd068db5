#include "keventd/client_subscription.h"

#include "client/lib/subscriber.h"

#include <utility>

namespace keventd {
inline namespace client {

ClientSubscription::ClientSubscription(std::weak_ptr<Subscriber> subscriber,
                                       std::shared_ptr<SubscriptionState> state)
    : subscriber_(std::move(subscriber)), state_(std::move(state)) {}

ClientSubscription& ClientSubscription::operator=(ClientSubscription&& other) noexcept {
    end();
    subscriber_ = std::move(other.subscriber_);
    state_ = std::move(other.state_);
    return *this;
}

ClientSubscription::~ClientSubscription() {
    end();
}

void ClientSubscription::end() noexcept {
    const auto state = std::exchange(state_, nullptr);
    if (!state) return;
    if (const auto subscriber = subscriber_.lock()) subscriber->unsubscribe(*state);
}

std::uint32_t ClientSubscription::number() const {
    return state_ ? state_->number : 0;
}

std::string ClientSubscription::stream() const {
    return state_ ? state_->stream : std::string();
}

std::uint64_t ClientSubscription::next() const {
    return state_ ? state_->window.next() : 0;
}

} // namespace client
} // namespace keventd
