// Addresses of network interfaces that come, go and change, by rtnetlink(7): source `address`. Counted.
#pragma once

#include "daemon/sources/address_table.h"
#include "daemon/sources/link_table.h"
#include "daemon/sources/table_source.h"

namespace keventd {

class AddressSource final : public TableSource<AddressTable> {
public:
    /// @param socket   of channel::Addresses
    /// @param landing  landingBytes(), zero or of an earlier daemon; outlives the source
    /// @param links    by which an interface is known that has gone; outlives the source. nullptr: the kernel
    ///                 alone is asked
    AddressSource(NetlinkSocket socket, std::span<std::byte> landing, const LinkTable* links);
};

} // namespace keventd
