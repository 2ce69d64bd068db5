#include "daemon/publish/serving_order.h"

namespace keventd {

void ServingOrder::insert(Subscription& subscription) {
    queues_[subscription.user()].subscriptions.emplace(subscription.number(), &subscription);
}

void ServingOrder::erase(const Subscription& subscription) {
    const auto entry = queues_.find(subscription.user());
    if (entry == queues_.end()) return;
    Queue& queue = entry->second;
    queue.subscriptions.erase(subscription.number());
    if (queue.left > queue.subscriptions.size()) {
        --queue.left;
        --left_;
    }
    if (queue.subscriptions.empty()) queues_.erase(entry);
}

// A round that was served as a whole is followed by one that begins with another: where many share a
// connection that is slow to write, the first ones would otherwise fill it every time.
void ServingOrder::beginRound() {
    const bool isWhole = left_ == 0;
    left_ = 0;
    for (auto& [user, queue] : queues_) {
        if (isWhole) advance(queue);
        queue.left = queue.subscriptions.size();
        left_ += queue.left;
    }
}

Subscription& ServingOrder::next() {
    Queue& queue = nextQueue();
    --queue.left;
    --left_;
    advance(queue);
    return *queue.subscriptions.at(queue.servedLast);
}

ServingOrder::Queue& ServingOrder::nextQueue() {
    auto entry = queues_.upper_bound(servedLast_);
    for (;; ++entry) {
        if (entry == queues_.end()) entry = queues_.begin();
        if (entry->second.left > 0) break;
    }
    servedLast_ = entry->first;
    return entry->second;
}

void ServingOrder::advance(Queue& queue) {
    auto entry = queue.subscriptions.upper_bound(queue.servedLast);
    if (entry == queue.subscriptions.end()) entry = queue.subscriptions.begin();
    queue.servedLast = entry->first;
}

} // namespace keventd
