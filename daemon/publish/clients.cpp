#include "daemon/publish/clients.h"

namespace keventd {

void Clients::introduce(const Peer& client, const Identity& identity) {
    UserAccount& user = users_[identity.uid];
    accounts_.try_emplace(client, connections_[client.bus], user, limits_, identity, access_);
}

ClientAccount& Clients::accountOf(const Peer& client) {
    if (!knows(client)) introduce(client, {});
    return accounts_.at(client);
}

void Clients::drop(const Peer& client) {
    forget([&client](const Peer& peer) { return peer == client; });
}

void Clients::dropConnection(sd_bus* bus) {
    forget([bus](const Peer& peer) { return peer.bus == bus; });
    connections_.erase(bus);
}

void Clients::forget(const HasGone& hasGone) {
    for (const auto& forget : forget_) forget(hasGone);
    std::erase_if(accounts_, [&hasGone](const auto& entry) { return hasGone(entry.first); });
    std::erase_if(users_, [](const auto& entry) { return entry.second.clients == 0; });
}

} // namespace keventd
