#include "daemon/publish/large_answers.h"

#include "daemon/publish/method_call.h"
#include "daemon/publish/peer.h"

#include <utility>

namespace keventd {
namespace {

// All clients of a bus share its connection.
bool hasRoomFor(const Peer& caller) {
    const bool isPrivate = caller.name.empty();
    return queuedWrites(caller.bus) < (isPrivate ? 1 : MaxQueuedWrites);
}

} // namespace

LargeAnswers::LargeAnswers(EventLoop& loop, Clients& clients)
    : clients_(clients), turn_(loop.addDefer("large answers", [this] { turn(); })),
      afterTurn_(loop.addPost("more large answers", [this] {
          if (!caller_ && nextCaller()) turn_->defer();
      })) {
    clients_.whenGone([this](const Clients::HasGone& hasGone) { forget(hasGone); });
}

void LargeAnswers::add(sd_bus_message* call, std::unique_ptr<LargeAnswer> answer) {
    const Peer caller = senderOf(call);
    clients_.accountOf(caller).beginCall();
    calls_[caller].push_back({BusMessageHandle(sd_bus_message_ref(call)), std::move(answer)});
}

// Whoever has no room is asked again after the next turn in which anything happened, such as that it has
// read.
void LargeAnswers::turn() {
    if (!caller_) caller_ = nextCaller();
    if (!caller_) return;
    if (work(calls_.at(*caller_).front())) end();
    if (caller_) turn_->defer();
}

/// @return whether it has been answered
bool LargeAnswers::work(Call& call) {
    const TurnBudget budget;
    bool isSent = false;
    const bool isServed = answerLater(call.message.get(), [&] { isSent = call.answer->work(budget); });
    return isSent || !isServed;
}

/// @return behind the last that was served; nothing if nobody waits who has room
std::optional<Peer> LargeAnswers::nextCaller() const {
    auto entry = calls_.upper_bound(servedLast_);
    for (std::size_t i = 0; i < calls_.size(); ++i, ++entry) {
        if (entry == calls_.end()) entry = calls_.begin();
        if (hasRoomFor(entry->first)) return entry->first;
    }
    return std::nullopt;
}

void LargeAnswers::end() {
    const auto entry = calls_.find(*caller_);
    clients_.accountOf(*caller_).endCall();
    entry->second.pop_front();
    if (entry->second.empty()) calls_.erase(entry);
    servedLast_ = *caller_;
    caller_.reset();
}

void LargeAnswers::forget(const Clients::HasGone& hasGone) {
    if (caller_ && hasGone(*caller_)) caller_.reset();
    std::erase_if(calls_, [&](const auto& entry) { return hasGone(entry.first); });
}

} // namespace keventd
