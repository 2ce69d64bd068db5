#include "client/lib/notices.h"

#include <utility>

namespace keventd {
inline namespace client {
namespace {

template <typename Handler, typename... Arguments>
void callIfAny(const Handler& handler, const Arguments&... arguments) {
    if (handler) handler(arguments...);
}

} // namespace

// Who has not been told yet that it had resumed need not be told that it is over.
void Notices::disconnected(std::string reason) {
    if (std::exchange(isResumed_, false)) return;
    disconnected_ = std::move(reason);
}

void Notices::streamChanged(std::string before, std::string now) {
    list_.reset();
    change_ = Change{std::move(before), std::move(now)};
}

void Notices::listed(std::vector<Event> devices) {
    list_ = List{std::move(devices)};
}

bool Notices::isEmpty() const {
    return !disconnected_ && !isResumed_ && !change_ && !list_;
}

// Each is forgotten before its handler is called.
bool Notices::deliverOne(const SubscriptionHandlers& handlers) {
    if (disconnected_) {
        callIfAny(handlers.disconnected, *std::exchange(disconnected_, std::nullopt));
    } else if (isResumed_) {
        isResumed_ = false;
        callIfAny(handlers.resumed);
    } else if (change_) {
        const Change change = *std::exchange(change_, std::nullopt);
        callIfAny(handlers.streamChanged, change.before, change.now);
    } else if (list_) {
        deliverDeviceOrEnd(handlers);
    } else {
        return false;
    }
    return true;
}

void Notices::deliverDeviceOrEnd(const SubscriptionHandlers& handlers) {
    if (list_->handedOver < list_->devices.size()) {
        handlers.event(list_->devices[list_->handedOver++]);
        return;
    }
    list_.reset();
    callIfAny(handlers.listed);
}

} // namespace client
} // namespace keventd
