#include "keventd/subscription.h"

#include "client/lib/resuming_subscription.h"

#include <utility>

namespace keventd {
inline namespace client {

Subscription::Subscription(SubscriptionOptions options, SubscriptionHandlers handlers)
    : parts_(std::make_shared<ResumingSubscription>(std::move(options), std::move(handlers))) {}

Subscription::Subscription(Subscription&&) noexcept = default;

Subscription& Subscription::operator=(Subscription&& other) noexcept {
    end();
    parts_ = std::move(other.parts_);
    return *this;
}

Subscription::~Subscription() {
    end();
}

int Subscription::fd() const {
    return parts_ ? parts_->fd() : -1;
}

void Subscription::dispatch() {
    if (const auto parts = parts_) parts->dispatch();
}

void Subscription::end() noexcept {
    if (parts_) parts_->end();
}

bool Subscription::isConnected() const {
    return parts_ && parts_->isConnected();
}

std::string Subscription::reason() const {
    return parts_ ? parts_->reason() : std::string();
}

std::string Subscription::stream() const {
    return parts_ ? parts_->position().stream : std::string();
}

std::uint64_t Subscription::next() const {
    return parts_ ? parts_->position().next : 0;
}

} // namespace client
} // namespace keventd
