#include "client/lib/notices.h"

#include <iterator>
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

void Notices::unwatched(std::vector<RefusedWatch> refused) {
    refusedWatches_.assign(std::make_move_iterator(refused.begin()), std::make_move_iterator(refused.end()));
}

bool Notices::isEmpty() const {
    return !disconnected_ && !isResumed_ && !change_ && refusedWatches_.empty() && !list_;
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
    } else if (!refusedWatches_.empty()) {
        const RefusedWatch refused = std::move(refusedWatches_.front());
        refusedWatches_.pop_front();
        callIfAny(handlers.unwatched, refused.attribute, refused.error);
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
