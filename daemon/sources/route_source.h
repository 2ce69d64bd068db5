// What the sources of rtnetlink(7) have in common: all that they tell of can be asked for.
#pragma once

#include "daemon/sources/netlink_source.h"

#include <vector>

namespace keventd {

class RouteSource : public NetlinkSource {
public:
    [[nodiscard]] std::vector<Event> readAll() override;
    [[nodiscard]] bool canCompare() const override { return true; }
    void compare(Arrivals& arrivals) override;

protected:
    /// @param request  RTM_GETLINK, RTM_GETADDR: asks for all
    RouteSource(const NetlinkChannel& channel, NetlinkSocket socket, std::span<std::byte> landing,
                int request)
        : NetlinkSource(channel, std::move(socket), landing), request_(request) {}

    [[nodiscard]] bool knowsWhatItTold() const override { return true; }
    /// Takes all messages of an answer, and tells of the removal of what none of them is about.
    virtual void takeAll(const std::vector<const nlmsghdr*>& messages, const Telling& telling) = 0;

private:
    using Message = std::vector<char>;

    [[nodiscard]] std::optional<std::vector<Message>> ask() const;
    void askAndTell(const Telling& telling);

    int request_;
};

} // namespace keventd
