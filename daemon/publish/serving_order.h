// Those that may have to be sent something, in the order in which they are served: one of each user, the next
// of each, and so on. So who has a thousand that read the whole history makes nobody else wait for more than
// one of them.
#pragma once

#include "daemon/publish/subscription.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <sys/types.h>

namespace keventd {

class ServingOrder {
public:
    void insert(Subscription& subscription);
    /// Does nothing if it is not one of them.
    void erase(const Subscription& subscription);

    /// Everybody has a turn in this round, whoever had one in the round that was not finished, too.
    void beginRound();
    /// @return whether somebody has a turn left in this round
    [[nodiscard]] bool isInRound() const { return left_ > 0; }
    /// Takes the turn of the next one. Somebody must have one left.
    [[nodiscard]] Subscription& next();

    /// @param take  called with each of them; must not change who is one of them
    template <typename Take>
    void forEach(Take&& take) const {
        for (const auto& [user, queue] : queues_) {
            for (const auto& [number, subscription] : queue.subscriptions) take(*subscription);
        }
    }

private:
    using User = std::optional<uid_t>;

    struct Queue {
        std::map<std::uint32_t, Subscription*> subscriptions; // by number
        std::uint32_t servedLast = 0;
        std::size_t left = 0; // that have a turn in this round
    };
    using Queues = std::map<User, Queue>;

    [[nodiscard]] Queue& nextQueue();
    static void advance(Queue& queue);

    Queues queues_; // none of them empty
    User servedLast_;
    std::size_t left_ = 0; // of all queues
};

} // namespace keventd
