#include "daemon/publish/serving_order.h"

#include "daemon/publish/find_behind.h"

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
    const auto entry =
        findBehind(queues_, servedLast_, [](const auto& queue) { return queue.second.left > 0; });
    servedLast_ = entry->first;
    return entry->second;
}

void ServingOrder::advance(Queue& queue) {
    queue.servedLast =
        findBehind(queue.subscriptions, queue.servedLast, [](const auto&) { return true; })->first;
}

} // namespace keventd
