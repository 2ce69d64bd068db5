#include "daemon/publish/broadcast_connection.h"

#include "daemon/base/logging.h"
#include "keventd/names.h"

#include <algorithm>
#include <utility>

namespace keventd {
namespace {

// A question goes along when so much has been sent since the last, and each second.
constexpr std::size_t AskAfterBytes = BroadcastConnection::MaxUnconfirmedBytes / 4;

// Seconds. Listeners are told what they miss, so this need not wait long.
constexpr int Patience = 2;

} // namespace

BroadcastConnection::BroadcastConnection(EventLoop& loop, std::string address,
                                         BusMembership::Handlers handlers)
    : onLeave_(std::move(handlers.onLeave)), probe_(Patience, [this] { onAnswer(); }),
      membership_(loop, std::move(address), names::EventsBus,
                  {.onOpen = std::move(handlers.onOpen),
                   .onConnect = std::move(handlers.onConnect),
                   .onLeave = [this](sd_bus* bus) { leave(bus); }},
                  BusMembership::NameUse::HandedOn) {}

bool BroadcastConnection::hasRoom() const {
    return isJoined() && !isUsedUp() && unconfirmedBytes_ < MaxUnconfirmedBytes;
}

void BroadcastConnection::sent(std::size_t bytes, std::uint64_t from) {
    unconfirmedFrom_ = unconfirmedBytes_ == 0 ? from : std::min(unconfirmedFrom_, from);
    sentSinceAskedFrom_ = std::min(sentSinceAskedFrom_, from);
    sentBytes_ += bytes;
    unconfirmedBytes_ += bytes;
}

void BroadcastConnection::onTurn() {
    if (!isJoined()) return;
    if (isUsedUp() && !isWaiting()) return renew(); // nothing is under way that could be lost
    const bool mustAsk = isUsedUp() || unconfirmedBytes_ >= AskAfterBytes;
    if (mustAsk && !probe_.isAsking()) membership_.guarded([this] { ask(); });
}

void BroadcastConnection::onTick() {
    if (!isJoined() || !isWaiting()) return;
    if (!probe_.isAsking()) {
        membership_.guarded([this] { ask(); });
        return;
    }
    if (!probe_.countSilentTick()) return;
    static RateLimit limit;
    logWarning("the bus does not read what is broadcast, connecting anew", limit);
    renew();
}

void BroadcastConnection::ask() {
    probe_.ask(bus());
    askedBytes_ = unconfirmedBytes_;
    sentSinceAskedFrom_ = NothingSent;
}

void BroadcastConnection::onAnswer() {
    unconfirmedBytes_ -= askedBytes_;
    unconfirmedFrom_ = sentSinceAskedFrom_;
}

void BroadcastConnection::renew() {
    membership_.renew();
    isRenewed_ = true;
}

void BroadcastConnection::leave(sd_bus* bus) {
    if (isWaiting()) unsureFrom_ = std::min(unsureFrom_.value_or(unconfirmedFrom_), unconfirmedFrom_);
    probe_.forget();
    isRenewed_ = false;
    sentBytes_ = unconfirmedBytes_ = askedBytes_ = 0;
    onLeave_(bus);
}

} // namespace keventd
