#include "daemon/sources/address_source.h"

#include "daemon/sources/interface_path.h"
#include "daemon/sources/link_message.h"

#include <array>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <utility>

namespace keventd {
namespace {

// Addresses are read before links: what the table has may be an old name. Only of an interface that has gone
// it knows more than the kernel.
AddressTable::Interface findInterface(int ifindex, const LinkTable* links) {
    std::array<char, IF_NAMESIZE> name{};
    if (if_indextoname(static_cast<unsigned>(ifindex), name.data()) == nullptr) {
        if (links == nullptr) return {};
        return {links->nameOf(ifindex), links->devpathOf(ifindex)};
    }
    PropertyList link;
    link.set(link::Interface, name.data());
    return {name.data(), interfacePath(link)};
}

} // namespace

AddressSource::AddressSource(NetlinkSocket socket, std::span<std::byte> landing, const LinkTable* links)
    : TableSource(channel::Addresses, std::move(socket), landing, RTM_GETADDR,
                  AddressTable([links](int ifindex) { return findInterface(ifindex, links); })) {}

} // namespace keventd
