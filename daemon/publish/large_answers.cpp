#include "daemon/publish/large_answers.h"

#include "daemon/publish/find_behind.h"
#include "daemon/publish/method_call.h"
#include "daemon/publish/peer.h"

#include <utility>

namespace keventd {
namespace {

// All clients of a bus share its connection, which subscriptions keep full when they can: there is always
// room for one answer more.
bool hasRoomFor(const Peer& client) {
    const bool isPrivate = client.name.empty();
    return isPrivate ? queuedWrites(client.bus) == 0 : queuedWrites(client.bus) <= MaxQueuedWrites;
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
    const Peer client = senderOf(call);
    ClientAccount& account = clients_.accountOf(client);
    account.beginCall();
    users_[account.user()].clients[client].push_back(
        {BusMessageHandle(sd_bus_message_ref(call)), std::move(answer)});
}

// Whoever has no room is asked again after the next turn in which anything happened, such as that it has
// read.
void LargeAnswers::turn() {
    if (!caller_) caller_ = nextCaller();
    if (!caller_) return;
    if (work(callsOf(*caller_).front())) end();
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
std::optional<LargeAnswers::Caller> LargeAnswers::nextCaller() const {
    const auto clientHasRoom = [](const auto& client) { return hasRoomFor(client.first); };
    const auto nextOf = [&](const User& user) {
        return findBehind(user.clients, user.servedLast, clientHasRoom);
    };
    const auto user = findBehind(users_, servedLast_, [&](const auto& entry) {
        return nextOf(entry.second) != entry.second.clients.end();
    });
    if (user == users_.end()) return std::nullopt;
    return Caller{user->first, nextOf(user->second)->first};
}

LargeAnswers::Calls& LargeAnswers::callsOf(const Caller& caller) {
    return users_.at(caller.user).clients.at(caller.client);
}

void LargeAnswers::end() {
    const Caller caller = *std::exchange(caller_, {});
    clients_.accountOf(caller.client).endCall();
    User& user = users_.at(caller.user);
    user.servedLast = caller.client;
    servedLast_ = caller.user;
    Calls& calls = callsOf(caller);
    calls.pop_front();
    if (calls.empty()) user.clients.erase(caller.client);
    if (user.clients.empty()) users_.erase(caller.user);
}

void LargeAnswers::forget(const Clients::HasGone& hasGone) {
    if (caller_ && hasGone(caller_->client)) caller_.reset();
    for (auto& [uid, user] : users_)
        std::erase_if(user.clients, [&](const auto& client) { return hasGone(client.first); });
    std::erase_if(users_, [](const auto& user) { return user.second.clients.empty(); });
}

} // namespace keventd
