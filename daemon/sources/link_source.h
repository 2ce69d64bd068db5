// Network interfaces that come, go and change, by rtnetlink(7): source `link`. Counted.
#pragma once

#include "daemon/sources/link_table.h"
#include "daemon/sources/table_source.h"

namespace keventd {

class LinkSource final : public TableSource<LinkTable> {
public:
    /// @param socket   of channel::Links
    /// @param landing  landingBytes(), zero or of an earlier daemon; outlives the source
    LinkSource(NetlinkSocket socket, std::span<std::byte> landing);

    /// @return the interfaces as the messages read by now have told of them
    [[nodiscard]] const LinkTable& links() const { return table(); }
};

} // namespace keventd
