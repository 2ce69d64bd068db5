#include "daemon/publish/clients.h"

namespace keventd {

ClientAccount& Clients::accountOf(const Peer& client) {
    return accounts_.try_emplace(client, connections_[client.bus], limits_.client).first->second;
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
}

} // namespace keventd
