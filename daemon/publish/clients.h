// Who is served: the account of each client, of each user and of each connection. Whoever keeps something for
// a client is told when it goes.
#pragma once

#include "daemon/publish/client_account.h"
#include "daemon/publish/identity.h"
#include "daemon/publish/limits.h"
#include "daemon/publish/peer.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace keventd {

class Clients {
public:
    /// @return whether this client is one of those that have gone
    using HasGone = std::function<bool(const Peer&)>;

    /// @param limits  outlive the object; may change
    explicit Clients(const Limits& limits) : limits_(limits) {}
    Clients(const Clients&) = delete;
    Clients& operator=(const Clients&) = delete;

    [[nodiscard]] const Limits& limits() const { return limits_; }
    /// Members of this group see events that are not public, and the subscriptions of others, as root does.
    void setAdminGroup(std::optional<gid_t> group) { access_.group = group; }

    /// Opens the account of a client that is not known yet.
    /// @return it, valid until the client goes
    ClientAccount& introduce(const Peer& client, const Identity& identity);
    [[nodiscard]] bool knows(const Peer& client) const { return accounts_.contains(client); }
    /// @return the client's account; of one that was not introduced, that of a user whom nobody knows. Valid
    ///         until the client goes
    [[nodiscard]] ClientAccount& accountOf(const Peer& client);

    /// @return bytes of events sent over this connection
    [[nodiscard]] std::uint64_t sentOver(sd_bus* bus) const;

    /// @param forget  drops all that is kept for those that have gone; called while their accounts are there
    void whenGone(std::function<void(const HasGone&)> forget) { forget_.push_back(std::move(forget)); }

    /// A client has gone.
    void drop(const Peer& client);
    /// A connection has ended, and everybody behind it has gone.
    void dropConnection(sd_bus* bus);

private:
    void forget(const HasGone& hasGone);

    const Limits& limits_;
    AdminAccess access_;
    std::map<sd_bus*, ConnectionAccount> connections_; // before what refers to them
    std::map<std::optional<uid_t>, UserAccount> users_;
    std::map<Peer, ClientAccount> accounts_;
    std::vector<std::function<void(const HasGone&)>> forget_;
};

} // namespace keventd
