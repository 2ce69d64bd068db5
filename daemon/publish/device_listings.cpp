#include "daemon/publish/device_listings.h"

#include "daemon/publish/method_call.h"
#include "daemon/publish/peer.h"
#include "daemon/publish/turn_budget.h"

#include <utility>

namespace keventd {
namespace {

// The answers are large: the next one is begun when the client has read those before. All clients of a bus
// share its connection.
bool hasRoomFor(const Peer& caller) {
    const bool isPrivate = caller.name.empty();
    return queuedWrites(caller.bus) < (isPrivate ? 1 : MaxQueuedWrites);
}

} // namespace

DeviceListings::DeviceListings(EventLoop& loop, const Stream& stream, const Sysfs& sysfs, Clients& clients)
    : stream_(stream), sysfs_(sysfs), clients_(clients),
      turn_(loop.addDefer("list devices", [this] { turn(); })),
      afterTurn_(loop.addPost("list more devices", [this] {
          if (!caller_ && nextCaller()) turn_->defer();
      })) {
    clients_.whenGone([this](const Clients::HasGone& hasGone) { forget(hasGone); });
}

void DeviceListings::answer(sd_bus_message* call, Filter filter) {
    const Peer caller = senderOf(call);
    clients_.accountOf(caller).beginCall();
    calls_[caller].push_back({BusMessageHandle(sd_bus_message_ref(call)), std::move(filter)});
}

// Whoever has no room is asked again after the next turn in which anything happened, such as that it has
// read.
void DeviceListings::turn() {
    if (!caller_) caller_ = nextCaller();
    if (!caller_) return;
    if (!answerLater(calls_.at(*caller_).front().message.get(), [this] { work(); })) end();
    if (caller_) turn_->defer();
}

/// @return behind the last that was served; nothing if nobody waits who has room
std::optional<Peer> DeviceListings::nextCaller() const {
    auto entry = calls_.upper_bound(servedLast_);
    for (std::size_t i = 0; i < calls_.size(); ++i, ++entry) {
        if (entry == calls_.end()) entry = calls_.begin();
        if (hasRoomFor(entry->first)) return entry->first;
    }
    return std::nullopt;
}

void DeviceListings::work() {
    const TurnBudget budget;
    const Call& call = calls_.at(*caller_).front();
    if (!listing_) listing_.emplace(call.message.get(), call.filter, stream_);
    while (!listing_->isComplete() && !budget.isSpent()) listing_->addNext(sysfs_, database_);
    if (!listing_->isComplete()) return;
    listing_->send();
    end();
}

void DeviceListings::end() {
    listing_.reset();
    const auto entry = calls_.find(*caller_);
    clients_.accountOf(*caller_).endCall();
    entry->second.pop_front();
    if (entry->second.empty()) calls_.erase(entry);
    servedLast_ = *caller_;
    caller_.reset();
}

void DeviceListings::forget(const Clients::HasGone& hasGone) {
    if (caller_ && hasGone(*caller_)) {
        listing_.reset();
        caller_.reset();
    }
    std::erase_if(calls_, [&](const auto& entry) { return hasGone(entry.first); });
}

} // namespace keventd
