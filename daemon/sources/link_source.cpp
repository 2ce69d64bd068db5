#include "daemon/sources/link_source.h"

#include "daemon/sources/interface_path.h"

#include <linux/rtnetlink.h>
#include <utility>

namespace keventd {

LinkSource::LinkSource(NetlinkSocket socket, std::span<std::byte> landing)
    : TableSource(channel::Links, std::move(socket), landing, RTM_GETLINK,
                  LinkTable([](const PropertyList& link) { return interfacePath(link); })) {}

} // namespace keventd
