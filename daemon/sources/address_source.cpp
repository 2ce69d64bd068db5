#include "daemon/sources/address_source.h"

#include "daemon/sources/interface_path.h"
#include "daemon/sources/link_message.h"

#include <array>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <utility>

namespace keventd {
namespace {

AddressTable::Interface findInterface(int ifindex, const LinkTable* links) {
    if (links != nullptr && !links->nameOf(ifindex).empty())
        return {links->nameOf(ifindex), links->devpathOf(ifindex)};
    std::array<char, IF_NAMESIZE> name{};
    if (if_indextoname(static_cast<unsigned>(ifindex), name.data()) == nullptr) return {};
    PropertyList link;
    link.set(link::Interface, name.data());
    return {name.data(), interfacePath(link)};
}

} // namespace

AddressSource::AddressSource(NetlinkSocket socket, std::span<std::byte> landing, const LinkTable* links)
    : TableSource(channel::Addresses, std::move(socket), landing, RTM_GETADDR,
                  AddressTable([links](int ifindex) { return findInterface(ifindex, links); })) {}

} // namespace keventd
