#include "daemon/publish/device_listings.h"

#include "daemon/publish/method_call.h"
#include "daemon/publish/turn_budget.h"

#include <utility>

namespace keventd {

DeviceListings::DeviceListings(EventLoop& loop, const Stream& stream, const Sysfs& sysfs, Clients& clients)
    : stream_(stream), sysfs_(sysfs), clients_(clients),
      turn_(loop.addDefer("list devices", [this] { turn(); })) {
    clients_.whenGone([this](const Clients::HasGone& hasGone) { forget(hasGone); });
}

void DeviceListings::answer(sd_bus_message* call, Filter filter) {
    const Peer caller = senderOf(call);
    clients_.accountOf(caller).beginCall();
    calls_.push_back({caller, BusMessageHandle(sd_bus_message_ref(call)), std::move(filter)});
    turn_->defer();
}

void DeviceListings::turn() {
    if (calls_.empty()) return;
    if (!answerLater(calls_.front().message.get(), [this] { work(); })) end();
    if (!calls_.empty()) turn_->defer();
}

void DeviceListings::work() {
    const TurnBudget budget;
    const Call& call = calls_.front();
    if (!listing_) listing_.emplace(call.message.get(), call.filter, stream_);
    while (!listing_->isComplete() && !budget.isSpent()) listing_->addNext(sysfs_, database_);
    if (!listing_->isComplete()) return;
    listing_->send();
    end();
}

void DeviceListings::end() {
    listing_.reset();
    clients_.accountOf(calls_.front().caller).endCall();
    calls_.pop_front();
}

void DeviceListings::forget(const Clients::HasGone& hasGone) {
    if (!calls_.empty() && hasGone(calls_.front().caller)) listing_.reset();
    calls_.remove_if([&](const Call& call) { return hasGone(call.caller); });
}

} // namespace keventd
