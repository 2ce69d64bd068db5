// Network interfaces that come, go and change, by rtnetlink(7): source `link`. Counted.
#pragma once

#include "daemon/sources/link_table.h"
#include "daemon/sources/route_source.h"

namespace keventd {

class LinkSource final : public RouteSource {
public:
    /// @param socket   of channel::Links
    /// @param landing  landingBytes(), zero or of an earlier daemon; outlives the source
    LinkSource(NetlinkSocket socket, std::span<std::byte> landing);

    void begin(const std::vector<Event>& told) override;

    /// @return the interfaces as the messages read by now have told of them
    [[nodiscard]] const LinkTable& links() const { return table_; }

protected:
    void take(const nlmsghdr& message, const Telling& telling) override;
    void takeAll(const std::vector<const nlmsghdr*>& messages, const Telling& telling) override;

private:
    [[nodiscard]] std::optional<LinkMessage> parse(const nlmsghdr& message);

    LinkTable table_;
};

} // namespace keventd
