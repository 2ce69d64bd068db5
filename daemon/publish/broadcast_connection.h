// The connection that broadcasts go over: one of its own, so that nothing else is held up when a bus has had
// enough of them.
//
// A broker keeps broadcasts for a listener that does not read, and counts them to the sender: with 127 MiB of
// them, dbus-daemon stops reading the sender, and says nothing. So this connection is made anew, and its name
// taken along, when much less has been sent on it; what a stopped listener has not read by then stays with
// the broker, which sends it no more when it has had its 127 MiB. And since limits can be configured, or a
// broker be stopped itself, this asks the broker now and then how far it has read, sends only so much ahead
// of the answer, and connects anew when none comes.
#pragma once

#include "daemon/publish/bus_membership.h"
#include "daemon/publish/bus_probe.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace keventd {

class BroadcastConnection {
public:
    /// What the broker may not have read yet; this bounds the queue in the daemon.
    static constexpr std::size_t MaxUnconfirmedBytes = 256 * 1024;
    /// What is sent on one connection; far less than what a broker may keep for a sender.
    static constexpr std::size_t RenewAfterBytes = 32 * 1024 * 1024;

    /// @param address  D-Bus address (isBusAddress())
    /// @param handlers  as of BusMembership
    BroadcastConnection(EventLoop& loop, std::string address, BusMembership::Handlers handlers);
    BroadcastConnection(const BroadcastConnection&) = delete;
    BroadcastConnection& operator=(const BroadcastConnection&) = delete;

    /// @return whether the bus is joined, under our name
    [[nodiscard]] bool isJoined() const { return membership_.ownsName(); }
    /// @return whether this connection has taken the place of one that we gave up ourselves
    [[nodiscard]] bool isRenewed() const { return isRenewed_; }
    /// @return whether something may be sent now
    [[nodiscard]] bool hasRoom() const;
    /// @return whether something was sent of which the broker has not said that it has it
    [[nodiscard]] bool isWaiting() const { return unconfirmedBytes_ > 0; }
    /// @return the first id that may not have reached the broker by earlier connections, once
    [[nodiscard]] std::optional<std::uint64_t> takeUnsure() { return std::exchange(unsureFrom_, {}); }

    /// @return where to send to; only while isJoined()
    [[nodiscard]] sd_bus* bus() const { return membership_.bus(); }
    /// So many bytes have been sent, about events from this id on. Ids need not rise: each interface has its
    /// own.
    void sent(std::size_t bytes, std::uint64_t from);

    /// To be called after each turn in which something was sent or may have been answered.
    void onTurn();
    /// To be called about each second while isWaiting().
    void onTick();

private:
    static constexpr std::uint64_t NothingSent = UINT64_MAX;

    void leave(sd_bus* bus);
    void ask();
    void onAnswer();
    void renew();
    [[nodiscard]] bool isUsedUp() const { return sentBytes_ >= RenewAfterBytes; }

    std::function<void(sd_bus*)> onLeave_;
    bool isRenewed_ = false;
    std::size_t sentBytes_ = 0;         // on this connection
    std::size_t unconfirmedBytes_ = 0;  // of these
    std::size_t askedBytes_ = 0;        // of these, sent before the question
    std::uint64_t unconfirmedFrom_ = 0; // lowest id in it
    std::uint64_t sentSinceAskedFrom_ = NothingSent;
    std::optional<std::uint64_t> unsureFrom_; // first id that was unconfirmed when a connection ended
    BusProbe probe_;
    BusMembership membership_; // last: it uses the others to its end
};

} // namespace keventd
