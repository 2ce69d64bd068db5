#include "client/lib/subscription.h"

#include "client/lib/subscriber.h"

#include <utility>

namespace keventd {
inline namespace client {

Subscription::Subscription(std::weak_ptr<Subscriber> subscriber, std::shared_ptr<SubscriptionState> state)
    : subscriber_(std::move(subscriber)), state_(std::move(state)) {}

Subscription& Subscription::operator=(Subscription&& other) noexcept {
    end();
    subscriber_ = std::move(other.subscriber_);
    state_ = std::move(other.state_);
    return *this;
}

Subscription::~Subscription() {
    end();
}

void Subscription::end() noexcept {
    const auto state = std::exchange(state_, nullptr);
    if (!state) return;
    if (const auto subscriber = subscriber_.lock()) subscriber->unsubscribe(*state);
}

std::uint32_t Subscription::number() const {
    return state_ ? state_->number : 0;
}

std::string Subscription::stream() const {
    return state_ ? state_->stream : std::string();
}

std::uint64_t Subscription::next() const {
    return state_ ? state_->window.next() : 0;
}

} // namespace client
} // namespace keventd
