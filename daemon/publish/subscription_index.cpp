#include "daemon/publish/subscription_index.h"

#include <algorithm>

namespace keventd {
namespace {

// Beyond so much, what is known is forgotten: text that a process has made up (injected events) must not grow
// us.
constexpr std::size_t MaxKinds = 1024;
constexpr std::size_t MaxEntries = 1024 * 1024;

} // namespace

void SubscriptionIndex::add(Subscription& subscription) {
    subscriptions_.push_back(&subscription);
    kinds_.clear();
}

void SubscriptionIndex::remove(Subscription& subscription) {
    std::erase(subscriptions_, &subscription);
    kinds_.clear();
}

SubscriptionIndex::Kind& SubscriptionIndex::kindOf(const EventView& event) {
    key_ = event.source;
    for (const char* part : {event.subsystem, event.action}) (key_ += '\0') += part;
    if (const auto known = kinds_.find(key_); known != kinds_.end()) return known->second;
    if (kinds_.size() >= MaxKinds || entries_ >= MaxEntries) kinds_.clear();
    if (kinds_.empty()) entries_ = 0;
    Kind& kind = kinds_[key_];
    fill(kind, event);
    return kind;
}

void SubscriptionIndex::fill(Kind& kind, const EventView& event) {
    for (Subscription* subscription : subscriptions_) {
        const Filter& filter = subscription->filter();
        if (!filter.mayMatchKind(event)) continue;
        const std::vector<std::string>& keys = filter.objectKeys();
        if (keys.empty() || Filter::passesAll(event))
            kind.ofAnyObject.push_back(subscription);
        else
            for (const std::string& key : keys) kind.byObject[key].push_back(subscription);
        entries_ += std::max<std::size_t>(keys.size(), 1);
    }
}

} // namespace keventd
