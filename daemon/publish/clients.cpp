#include "daemon/publish/clients.h"

namespace keventd {

ClientAccount& Clients::introduce(const Peer& client, const Identity& identity) {
    UserAccount& user = users_[identity.uid];
    return accounts_.try_emplace(client, connections_[client.bus], user, limits_, identity, access_)
        .first->second;
}

ClientAccount& Clients::accountOf(const Peer& client) {
    const auto known = accounts_.find(client);
    return known != accounts_.end() ? known->second : introduce(client, {});
}

std::uint64_t Clients::sentOver(sd_bus* bus) const {
    const auto connection = connections_.find(bus);
    return connection == connections_.end() ? 0 : connection->second.sentBytes;
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
