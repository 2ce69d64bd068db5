// What one client has taken of that which is limited for each client, and what all clients of a connection
// have.
#pragma once

#include "daemon/publish/limits.h"

#include <algorithm>
#include <cstddef>

namespace keventd {

/// Of all clients behind one connection: on a bus, what they have not read lies in the broker's memory, of
/// which a sender has only so much (dbus-daemon: max_incoming_bytes, 127 MiB); beyond it, nobody is served.
struct ConnectionAccount {
    /// While no more is unacknowledged, each client may have all that one may have; beyond that, little.
    static constexpr std::size_t Plenty = 32 * 1024 * 1024;

    std::size_t unacknowledgedBytes = 0;
};

class ClientAccount {
public:
    /// What it may have unacknowledged when that is scarce. One who acknowledges goes on all the same.
    static constexpr std::size_t ScarceBytes = 64 * 1024;

    /// Both outlive the account.
    ClientAccount(ConnectionAccount& connection, const ClientLimits& limits)
        : connection_(connection), limits_(limits) {}

    /// @return whether more may be sent beside `bytes` that are about to be
    [[nodiscard]] bool hasRoomBeside(std::size_t bytes) const {
        const std::size_t most = limits_.unacknowledgedBytes;
        return unacknowledgedBytes_ + bytes < (isScarceBeside(bytes) ? std::min(ScarceBytes, most) : most);
    }
    /// @return whether it may have little, because others have much
    [[nodiscard]] bool isScarceBeside(std::size_t bytes) const {
        return connection_.unacknowledgedBytes + bytes > ConnectionAccount::Plenty;
    }
    void sent(std::size_t bytes) {
        unacknowledgedBytes_ += bytes;
        connection_.unacknowledgedBytes += bytes;
    }
    void acknowledged(std::size_t bytes) {
        unacknowledgedBytes_ -= bytes;
        connection_.unacknowledgedBytes -= bytes;
    }

    /// A call is answered later.
    /// @throws BusError LimitExceeded if too many of this client's are
    void beginCall();
    void endCall() { --waitingCalls_; }

    std::size_t subscriptions = 0;

private:
    ConnectionAccount& connection_;
    const ClientLimits& limits_;
    std::size_t unacknowledgedBytes_ = 0;
    std::size_t waitingCalls_ = 0;
};

} // namespace keventd
