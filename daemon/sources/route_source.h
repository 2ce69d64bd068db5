// What the sources of rtnetlink(7) have in common: all that they tell of can be asked for.
#pragma once

#include "daemon/sources/netlink_source.h"

#include <vector>

namespace keventd {

class RouteSource : public NetlinkSource {
public:
    [[nodiscard]] std::vector<Event> readAll() override;
    [[nodiscard]] bool canCompare() const override { return true; }
    [[nodiscard]] bool compare(Arrivals& arrivals) override;

protected:
    /// @param request  RTM_GETLINK, RTM_GETADDR: asks for all
    RouteSource(const NetlinkChannel& channel, NetlinkSocket socket, std::span<std::byte> landing,
                int request)
        : NetlinkSource(channel, std::move(socket), landing), request_(request) {}

    [[nodiscard]] bool knowsWhatItTold() const override { return true; }
    /// Takes all messages of an answer, and tells of the removal of what none of them is about.
    virtual void takeAll(const std::vector<const nlmsghdr*>& messages, const Telling& telling) = 0;

private:
    struct Answer {
        std::vector<Message> messages;
        std::optional<std::string> error; ///< why it is not whole
    };

    [[nodiscard]] Answer ask() const;
    [[nodiscard]] bool askAndTell(const Telling& telling);

    int request_;
};

} // namespace keventd
