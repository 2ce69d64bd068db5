// What a subscription still has to tell its user before the events of its connection go on: handed over one
// by one, so that a handler that throws loses nothing but its own. Internal to the library.
#pragma once

#include "client/lib/session.h"
#include "keventd/subscription.h"

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace keventd {
inline namespace client {

class Notices {
public:
    void disconnected(std::string reason);
    void resumed() { isResumed_ = true; }
    /// What was listed of the stream before is of no use any more.
    void streamChanged(std::string before, std::string now);
    void listed(std::vector<Event> devices);
    /// What a connection before refused is of no use any more.
    void unwatched(std::vector<RefusedWatch> refused);

    [[nodiscard]] bool isEmpty() const;
    /// Hands over the next one.
    /// @return false if there is none
    /// @throws whatever the handler threw
    bool deliverOne(const SubscriptionHandlers& handlers);

private:
    struct Change {
        std::string before;
        std::string now;
    };
    struct List {
        std::vector<Event> devices;
        std::size_t handedOver = 0;
    };

    void deliverDeviceOrEnd(const SubscriptionHandlers& handlers);

    // In the order in which they are handed over.
    std::optional<std::string> disconnected_;
    bool isResumed_ = false;
    std::optional<Change> change_;
    std::deque<RefusedWatch> refusedWatches_;
    std::optional<List> list_;
};

} // namespace client
} // namespace keventd
