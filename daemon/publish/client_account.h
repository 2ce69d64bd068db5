// What one client has taken of that which is limited: for each client, for all clients of a user, and for all
// clients of a connection.
#pragma once

#include "daemon/publish/identity.h"
#include "daemon/publish/limits.h"

#include <cstddef>
#include <cstdint>
#include <utility>

namespace keventd {

/// Of all clients behind one connection: on a bus, what they have not read lies in the broker's memory, of
/// which a sender has only so much (dbus-daemon: max_incoming_bytes, 127 MiB); beyond it, nobody is served.
struct ConnectionAccount {
    /// While no more is unacknowledged, each client may have all that one may have; beyond that, little.
    static constexpr std::size_t Plenty = 32 * 1024 * 1024;

    std::size_t unacknowledgedBytes = 0;
    std::uint64_t sentBytes = 0; ///< of events to subscribers, since it was made
};

/// Of all clients of one user.
struct UserAccount {
    std::size_t clients = 0;
    std::size_t subscriptions = 0;
    std::size_t filterBytes = 0;
    std::size_t waitingCalls = 0;
    std::size_t watches = 0;
    std::size_t unacknowledgedBytes = 0;
};

/// Who may see what is not for everybody, besides root; may change.
struct AdminAccess {
    std::optional<gid_t> group;
};

class ClientAccount {
public:
    /// What it may have unacknowledged when that is scarce. One who acknowledges goes on all the same.
    static constexpr std::size_t ScarceBytes = 64 * 1024;

    /// What is borrowed outlives the account. Root is bound by the limits of a client, and by none of a user:
    /// it has many programs, and could end us anyway.
    ClientAccount(ConnectionAccount& connection, UserAccount& user, const Limits& limits, Identity identity,
                  const AdminAccess& access);
    ClientAccount(const ClientAccount&) = delete;
    ClientAccount& operator=(const ClientAccount&) = delete;
    /// Gives back what its user had for it.
    ~ClientAccount();

    /// @return nothing if it could not be told
    [[nodiscard]] std::optional<uid_t> user() const { return identity_.uid; }
    /// @return whether it may see events that are not public, and the subscriptions of others
    [[nodiscard]] bool seesAdmin() const {
        return identity_.isRoot() || (access_.group && identity_.isIn(*access_.group));
    }

    /// @return whether more may be sent beside `bytes` that are about to be
    [[nodiscard]] bool hasRoomBeside(std::size_t bytes) const;
    /// @return whether it may have little, because others of its connection or user have much
    [[nodiscard]] bool isScarceBeside(std::size_t bytes) const;
    void sent(std::size_t bytes);
    void acknowledged(std::size_t bytes);

    /// A subscription begins.
    /// @param filterBytes  that its filter takes
    /// @throws BusError LimitExceeded, which names the limit; nothing has changed then
    void addSubscription(std::size_t filterBytes);
    void removeSubscription(std::size_t filterBytes);

    /// A call is answered later.
    /// @throws BusError LimitExceeded, which names the limit; nothing has changed then
    void beginCall();
    void endCall();

    /// A watch of an attribute begins.
    /// @throws BusError LimitExceeded, which names the limit; nothing has changed then
    void addWatch();
    void removeWatch();

private:
    ConnectionAccount& connection_;
    UserAccount& user_;
    const Limits& limits_;
    const AdminAccess& access_;
    Identity identity_;
    std::size_t subscriptions_ = 0;
    std::size_t waitingCalls_ = 0;
    std::size_t watches_ = 0;
    std::size_t unacknowledgedBytes_ = 0;
};

} // namespace keventd
