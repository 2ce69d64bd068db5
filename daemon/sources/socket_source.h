// What all sources have in common that read a socket of netlink: the socket and the one that may follow it,
// what has been read from it, refused and lost.
#pragma once

#include "daemon/base/rate_limit.h"
#include "daemon/sources/netlink_socket.h"
#include "daemon/sources/source.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

namespace keventd {

class SocketSource : public Source {
public:
    [[nodiscard]] const char* name() const override { return channel_.name; }
    [[nodiscard]] int descriptor() const override { return socket_.fd(); }
    [[nodiscard]] bool inherited() const override { return socket_.inherited(); }
    [[nodiscard]] Drained drain(Arrivals& arrivals, std::size_t budget) final;
    [[nodiscard]] bool openNext() final;
    [[nodiscard]] std::optional<int> nextDescriptor() const override { return socket_.nextFd(); }
    SocketPosition moveOn() override;
    [[nodiscard]] bool canLose() const final { return statusOfSender().state == SourceState::Running; }
    [[nodiscard]] SourceStatus status() const final;
    [[nodiscard]] SourceStatistics statistics() const override;

protected:
    /// @param channel  of the socket, a constant
    SocketSource(const NetlinkChannel& channel, NetlinkSocket socket);

    /// As drain().
    /// @throws FatalError if the socket gives an error
    [[nodiscard]] virtual Drained read(Arrivals& arrivals, std::size_t budget) = 0;
    /// As status(), of a socket that has not failed.
    [[nodiscard]] virtual SourceStatus statusOfSender() const { return {}; }
    /// Does what reads the socket. An error is told as a loss by drain(); the second one in a row is a
    /// failure.
    /// @return whether it gave none
    [[nodiscard]] bool attempt(const std::function<void()>& reading);

    [[nodiscard]] NetlinkSocket& socket() { return socket_; }
    [[nodiscard]] SourceStatistics& counted() { return statistics_; }
    /// Counts a message that is no event. Anybody can bring that about as often as they like: the first one
    /// is told on the log.
    void refuse(std::string_view reason);

    /// As read(), of a socket whose messages are received one by one.
    /// @param receive  receives one and takes it; returns whether there was one
    [[nodiscard]] Drained drainOneByOne(std::size_t budget, const std::function<bool()>& receive);
    /// @return drops that have been counted, and not yet told
    [[nodiscard]] std::uint64_t pendingLoss() const { return pendingLoss_; }
    void countDrops() { pendingLoss_ += socket_.takeDrops(); }
    /// To be called when the socket has said that something was lost (ENOBUFS): that may be a message that
    /// the kernel could not even make, and that it has counted nowhere (rtnl_set_sk_err() in
    /// net/core/rtnetlink.c).
    void noteOverrun();
    /// @param lost  drops that lie before all that will be read from now on: these are told now
    [[nodiscard]] Drained endOfQueue(std::uint64_t lost);

private:
    [[nodiscard]] std::uint64_t drops() const { return statistics_.dropped + pendingLoss_; }
    [[nodiscard]] bool takeUnknownLoss(bool isEmpty);

    const NetlinkChannel& channel_;
    NetlinkSocket socket_;
    int errors_ = 0; // in a row
    bool hasFailed_ = false;
    bool hasLostUnknown_ = false;
    std::uint64_t pendingLoss_ = 0;
    std::uint64_t dropsAtOverrun_ = 0; // that had been counted at the last noteOverrun()
    bool isOverrunUnexplained_ = false;
    SourceStatistics statistics_;
    RateLimit failureLog_;
};

} // namespace keventd
