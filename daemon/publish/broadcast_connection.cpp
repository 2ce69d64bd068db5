#include "daemon/publish/broadcast_connection.h"

#include "daemon/base/errors.h"
#include "daemon/base/logging.h"
#include "daemon/base/text.h"
#include "daemon/publish/bus_driver.h"
#include "keventd/names.h"

#include <algorithm>
#include <utility>

namespace keventd {
namespace {

// A question goes along when so much has been sent since the last, and each second.
constexpr std::size_t AskAfterBytes = BroadcastConnection::MaxUnconfirmedBytes / 4;

// A broker that has not answered for so many seconds does not read. They are counted, not measured: whoever
// stops the daemon does not make the broker slow.
constexpr int MaxSilentTicks = 2;

} // namespace

BroadcastConnection::BroadcastConnection(EventLoop& loop, std::string address,
                                         BusMembership::Handlers handlers)
    : onLeave_(std::move(handlers.onLeave)), membership_(loop, std::move(address), names::EventsBus,
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
    if (mustAsk && !isAsking_) membership_.guarded([this] { ask(); });
}

void BroadcastConnection::onTick() {
    if (!isJoined() || !isWaiting()) return;
    if (!isAsking_) {
        membership_.guarded([this] { ask(); });
        return;
    }
    if (++silentTicks_ < MaxSilentTicks) return;
    static RateLimit limit;
    logWarning("the bus does not read what is broadcast, connecting anew", limit);
    renew();
}

// Any question does. This one every bus lets everybody ask.
void BroadcastConnection::ask() {
    const auto onReply = [](sd_bus_message* reply, void* self, sd_bus_error*) {
        auto& connection = *static_cast<BroadcastConnection*>(self);
        return connection.membership_.guarded([&] { connection.onAnswer(reply); });
    };
    sd_bus_slot* slot = nullptr;
    checkResult(sd_bus_call_method_async(bus(), &slot, driver::Name, driver::Path, driver::Name, "GetId",
                                         onReply, this, ""),
                "ask the bus");
    answerSlot_.reset(slot);
    isAsking_ = true;
    askedBytes_ = unconfirmedBytes_;
    sentSinceAskedFrom_ = NothingSent;
}

// A broker handles the messages of one sender in their order. An error is as good an answer as any, but for
// the one that sd-bus makes up when none has come for long.
void BroadcastConnection::onAnswer(sd_bus_message* reply) {
    isAsking_ = false;
    if (sd_bus_message_is_method_error(reply, SD_BUS_ERROR_NO_REPLY) > 0) return;
    silentTicks_ = 0;
    unconfirmedBytes_ -= askedBytes_;
    unconfirmedFrom_ = sentSinceAskedFrom_;
}

void BroadcastConnection::renew() {
    membership_.renew();
    isRenewed_ = true;
}

void BroadcastConnection::leave(sd_bus* bus) {
    if (isWaiting()) unsureFrom_ = std::min(unsureFrom_.value_or(unconfirmedFrom_), unconfirmedFrom_);
    answerSlot_.reset();
    isRenewed_ = isAsking_ = false;
    silentTicks_ = 0;
    sentBytes_ = unconfirmedBytes_ = askedBytes_ = 0;
    onLeave_(bus);
}

} // namespace keventd
